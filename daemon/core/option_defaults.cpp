// default_value of option_values.h: a default is written as in YAML, and read without a YAML parser.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/option_values.h"

namespace telltale::core {

namespace {

Error invalid(std::string message) { return make_error(ErrorCode::kInvalid, std::move(message)); }

// The items of a default that is written as a list: `[a, "b c"]`; nothing when it is a single value.
std::optional<std::vector<std::string_view>> flow_items(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::string_view> items;
  while (text.find_first_not_of(' ') != std::string_view::npos) {
    text.remove_prefix(text.find_first_not_of(' '));
    const bool quoted = text.front() == '"' || text.front() == '\'';
    std::size_t end = quoted ? text.find(text.front(), 1) : 0;
    end = text.find(',', end == std::string_view::npos ? 0 : end);
    std::string_view item = text.substr(0, end);
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    items.push_back(item);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return items;
}

Result<OptionValue> default_scalar(const OptionSpec& spec, std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  if (quoted) text = text.substr(1, text.size() - 2);
  return scalar_value(spec, {text, quoted, false});
}

Result<OptionValue> default_section(const OptionSpec& spec) {
  if (spec.default_text != "{}") return invalid("the default of a section can only be {}");
  OptionValue value;
  value.type = TELLTALE_VALUE_SECTION;
  for (const OptionSpec& child : spec.children) {
    if (child.has(TELLTALE_OPTION_REQUIRED)) return invalid("a default of {} with a required option inside");
    auto filled = default_value(child);
    if (!filled) return filled.error();
    value.children.push_back(std::move(*filled));
  }
  return value;
}

Result<OptionValue> default_list(const OptionSpec& spec) {
  OptionValue value;
  value.type = TELLTALE_VALUE_LIST;
  const auto items = flow_items(spec.default_text);
  if (spec.type == TELLTALE_OPTION_SECTION && !(items && items->empty())) {
    return invalid("the default of a list of sections can only be []");
  }
  for (const auto item : items.value_or(std::vector<std::string_view>{spec.default_text})) {
    auto child = default_scalar(spec, item);
    if (!child) return child.error();
    value.children.push_back(std::move(*child));
  }
  return value;
}

}  // namespace

Result<OptionValue> default_value(const OptionSpec& spec) {
  OptionValue value;
  if (!spec.default_text.empty()) {
    Result<OptionValue> filled = spec.has(TELLTALE_OPTION_LIST)         ? default_list(spec)
                                 : spec.type == TELLTALE_OPTION_SECTION ? default_section(spec)
                                                                        : default_scalar(spec, spec.default_text);
    if (!filled) return filled;
    value = std::move(*filled);
  }
  value.name = spec.name;
  return value;
}

}  // namespace telltale::core
