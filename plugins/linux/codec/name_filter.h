// Which disks, interfaces, file systems and sensors the user wants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telltale::linux_input {

// `*` any run, `?` any one byte. Linear in practice and quadratic at worst: no pattern makes it hang.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

// Wanted is what an `include` matches and no `exclude` does. No `include` at all means everything.
struct NameFilter {
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  [[nodiscard]] bool wants(std::string_view name) const;
};

}  // namespace telltale::linux_input
