// A piece of configuration with the place it was written at: what `config` reads and others validate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/diagnostic.h"

namespace telltale::core {

struct ConfigNode {
  enum class Type { kNull, kScalar, kSequence, kMap };

  Type type = Type::kNull;
  SourceMark mark;
  SourceMark key_mark;               // of a map's item: where its key stands
  std::string key;                   // of a map's item
  std::string scalar;                // as written, unquoted, with $ENV{} and !secret replaced
  bool quoted = false;               // a quoted scalar is text, whatever it looks like
  bool secret = false;               // came from !secret: never shown
  std::vector<ConfigNode> children;  // of a sequence or a map, in the order written

  // The item of a map, or nullptr.
  [[nodiscard]] const ConfigNode* find(std::string_view name) const;
  // Equal in everything but the places: whether a reload changes something.
  [[nodiscard]] bool same_content(const ConfigNode& other) const;
};

}  // namespace telltale::core
