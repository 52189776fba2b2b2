// Profiles of known devices: YAML files with the words of `points:`, which may extend one another.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/options.hpp>

namespace telltale::modbus {

class YamlOptions;

// The words of a profile file.
[[nodiscard]] std::span<const telltale_option> profile_table();

// A profile with all that it inherits, checked. A value: shares what it points to.
class Profile {
 public:
  // `name`: "eastron/sdm120", looked for below the folders in their order. Throws ConfigError with what is wrong, and
  // with the profiles that there are when there is none of that name.
  [[nodiscard]] static Profile load(std::string_view name, const std::vector<std::string>& folders);

  [[nodiscard]] Options options() const;

 private:
  std::shared_ptr<const YamlOptions> tree_;
};

// Names of all profiles below the folders.
[[nodiscard]] std::vector<std::string> profile_names(const std::vector<std::string>& folders);

}  // namespace telltale::modbus
