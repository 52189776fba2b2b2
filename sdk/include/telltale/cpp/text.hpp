// Between telltale_str and std::string_view.
#pragma once

#include <string_view>

#include <telltale/abi.h>

namespace telltale {

// Borrows; the text must outlive what it is given to.
[[nodiscard]] constexpr telltale_str to_str(std::string_view text) noexcept { return {text.data(), text.size()}; }

// Borrows, too.
[[nodiscard]] constexpr std::string_view to_view(telltale_str text) noexcept {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, static_cast<std::size_t>(text.size)};
}

}  // namespace telltale
