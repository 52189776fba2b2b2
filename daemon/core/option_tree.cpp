// OptionTree of option_schema.h.
#include <utility>

#include "daemon/core/option_schema.h"

namespace telltale::core {

OptionTree::OptionTree(const OptionValue& root) : root_(std::make_unique<telltale_value>(convert(root))) {}

telltale_value OptionTree::convert(const OptionValue& value) {
  const auto keep = [this](const std::string& text) {
    if (text.empty()) return telltale_str{nullptr, 0};
    const std::string& kept = texts_.emplace_back(text);
    return telltale_str{kept.data(), kept.size()};
  };
  telltale_value out{};
  out.name = keep(value.name);
  out.text = keep(value.text);
  out.integer = value.integer;
  out.number = value.number;
  out.type = value.type;
  std::vector<telltale_value> children;
  children.reserve(value.children.size());
  for (const OptionValue& child : value.children) children.push_back(convert(child));
  if (children.empty()) return out;
  const auto& kept = lists_.emplace_back(std::move(children));
  out.children = kept.data();
  out.child_count = static_cast<std::uint32_t>(kept.size());
  return out;
}

}  // namespace telltale::core
