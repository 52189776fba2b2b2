#include "daemon/core/config_node.h"

#include <algorithm>

namespace telltale::core {

const ConfigNode* ConfigNode::find(std::string_view name) const {
  if (type != Type::kMap) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(), [&](const auto& item) { return item.key == name; });
  return found == children.end() ? nullptr : &*found;
}

bool ConfigNode::same_content(const ConfigNode& other) const {
  if (type != other.type || scalar != other.scalar || quoted != other.quoted || secret != other.secret ||
      children.size() != other.children.size()) {
    return false;
  }
  if (type == Type::kMap) {  // keys are unique: their order says nothing
    return std::all_of(children.begin(), children.end(), [&](const ConfigNode& item) {
      const ConfigNode* const twin = other.find(item.key);
      return twin != nullptr && item.same_content(*twin);
    });
  }
  return std::equal(children.begin(), children.end(), other.children.begin(),
                    [](const auto& a, const auto& b) { return a.same_content(b); });
}

}  // namespace telltale::core
