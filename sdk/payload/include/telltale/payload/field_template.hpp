// A text made of fields and variables: "{input}.{field}", "room {room}".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telltale::payload {

// A value; constant once made.
class FieldTemplate {
 public:
  // What stands for a variable; nothing when there is none of that name.
  using Lookup = std::function<std::optional<std::string_view>(std::string_view)>;

  FieldTemplate() = default;
  // The template, or what is wrong with it in words a user can act on. {{ and }} stand for braces.
  [[nodiscard]] static std::variant<FieldTemplate, std::string> parse(std::string_view text);

  [[nodiscard]] bool uses(std::string_view variable) const;
  // The variables, in order.
  [[nodiscard]] std::vector<std::string_view> variables() const;
  // Appends the text. What is not there becomes _. [any]
  void expand(const Lookup& lookup, std::string& text) const;

 private:
  struct Part {
    std::string text;  // literal, or the variable's name
    bool is_variable = false;
  };
  std::vector<Part> parts_;
};

}  // namespace telltale::payload
