// The finished options tree that a host hands to a plugin, made from the plugin's table and what a test gives.
#pragma once

#include <deque>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/options.h>

namespace telltale::test {

// What a user would have written: a scalar as its YAML text, a list, or a section.
struct Given {
  enum class Form { kScalar, kList, kSection };
  Given(const char* scalar) : text(scalar) {}             // NOLINT(google-explicit-constructor): reads like YAML
  Given(std::string scalar) : text(std::move(scalar)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] static Given list(std::vector<Given> items);
  [[nodiscard]] static Given section(std::vector<std::pair<std::string, Given>> keys);

  Form form = Form::kScalar;
  std::string text;
  std::vector<std::pair<std::string, Given>> children;  // of a list: without names

 private:
  Given() = default;
};

// Keeps what the tree points to. Throws std::invalid_argument for an unknown key, a missing required option, a wrong
// form, a value out of range or not among the choices: a test's own mistake, or what the real host would refuse.
class OptionTree {
 public:
  explicit OptionTree(std::span<const telltale_option> table, const Given& given = Given::section({}));
  OptionTree(const OptionTree&) = delete;
  OptionTree& operator=(const OptionTree&) = delete;
  ~OptionTree() = default;

  [[nodiscard]] const telltale_value& root() const { return root_; }

 private:
  [[nodiscard]] telltale_value section(std::span<const telltale_option> table, const Given& given);
  [[nodiscard]] telltale_value option(const telltale_option& option, const Given* given);
  [[nodiscard]] telltale_value list(const telltale_option& option, const Given& given);
  [[nodiscard]] telltale_value single(const telltale_option& option, const Given& given);
  [[nodiscard]] telltale_str keep(std::string_view text);
  [[nodiscard]] const telltale_value* keep(std::vector<telltale_value> values);

  std::deque<std::string> texts_;
  std::deque<std::vector<telltale_value>> values_;
  telltale_value root_{};
};

}  // namespace telltale::test
