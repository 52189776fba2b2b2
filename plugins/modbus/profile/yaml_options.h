// A YAML document checked against an options table, as the host does with the configuration: profiles are read with the
// same words as `points:`.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/options.hpp>

namespace YAML {  // NOLINT(readability-identifier-naming): the library's own
class Node;
}

namespace telltale::modbus {

// Keeps what options() points to. Throws ConfigError with the line and what is wrong.
class YamlOptions {
 public:
  // `file` is named in messages.
  YamlOptions(std::span<const telltale_option> table, const YAML::Node& node, std::string file);
  YamlOptions(const YamlOptions&) = delete;
  YamlOptions& operator=(const YamlOptions&) = delete;
  ~YamlOptions() = default;

  [[nodiscard]] Options options() const { return Options(root_); }

 private:
  [[nodiscard]] telltale_value section(std::span<const telltale_option> table, const YAML::Node& node);
  [[nodiscard]] telltale_value list(const telltale_option& option, const YAML::Node& node);
  [[nodiscard]] telltale_value scalar(const telltale_option& option, const YAML::Node& node);
  [[nodiscard]] telltale_value value(const telltale_option& option, const YAML::Node& node);
  [[noreturn]] void refuse(const YAML::Node& node, const std::string& reason) const;

  std::string file_;
  std::deque<std::string> texts_;
  std::deque<std::vector<telltale_value>> values_;
  telltale_value root_{};
};

}  // namespace telltale::modbus
