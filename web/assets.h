// The page, inside of the binary. Made by build.mjs; constant; any thread.
#pragma once

#include <span>

#include "daemon/core/asset.h"

namespace telltale::web {

// Sorted by path; the page itself is "/". Empty when the build was made without the page (TELLTALE_WEB=OFF).
[[nodiscard]] std::span<const core::Asset> assets();

}  // namespace telltale::web
