// For builds that need no page, such as the fuzz targets: no node is asked for.
#include "web/assets.h"

namespace telltale::web {

std::span<const core::Asset> assets() { return {}; }

}  // namespace telltale::web
