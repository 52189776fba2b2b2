#include <algorithm>

#include <telltale/payload/field_template.hpp>

namespace telltale::payload {

std::variant<FieldTemplate, std::string> FieldTemplate::parse(std::string_view text) {
  if (text.empty()) return "the text is empty";
  if (text.size() > 256) return "the text is longer than 256 bytes";
  FieldTemplate made;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) made.parts_.push_back({literal, false});
    literal.clear();
  };
  while (!text.empty()) {
    if (text.starts_with("{{") || text.starts_with("}}")) {
      literal += text.front();
      text.remove_prefix(2);
      continue;
    }
    if (text.front() == '}') return "'}' stands alone: '{' and '}' stand around a field, {field}";
    if (text.front() != '{') {
      literal += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos || close == 1) return "'{' and '}' stand around a field, {field}";
    const std::string_view name = text.substr(1, close - 1);
    if (name.find('{') != std::string_view::npos) return "a field's braces cannot hold braces";
    end_literal();
    made.parts_.push_back({std::string(name), true});
    text.remove_prefix(close + 1);
  }
  end_literal();
  return made;
}

bool FieldTemplate::uses(std::string_view variable) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.is_variable && part.text == variable; });
}

std::vector<std::string_view> FieldTemplate::variables() const {
  std::vector<std::string_view> found;
  for (const Part& part : parts_) {
    if (part.is_variable) found.emplace_back(part.text);
  }
  return found;
}

void FieldTemplate::expand(const Lookup& lookup, std::string& text) const {
  for (const Part& part : parts_) {
    if (!part.is_variable) {
      text += part.text;
      continue;
    }
    const auto value = lookup(part.text);
    text += value ? *value : std::string_view("_");
  }
}

}  // namespace telltale::payload
