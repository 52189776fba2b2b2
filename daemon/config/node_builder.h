// Builds a ConfigNode tree from a parser's events, within the limits of prescan.h: depth, nodes, bytes, aliases.
// Used by one reader on one thread; knows nothing of the parser.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"

namespace telltale::config {

// Thrown to stop the parser in the middle of its events; never leaves this folder.
struct Refusal {
  core::SourceMark mark;
  std::string message;
};

class NodeBuilder {
 public:
  // What the parser says of every node. `anchor`: 0, or the number of the anchor it defines.
  struct Properties {
    core::SourceMark mark;
    std::string_view tag;  // resolved: "?" plain, "!" quoted, "!secret"
    std::size_t anchor = 0;
  };

  // Mistakes that need not stop the parser go to `diagnostics`.
  explicit NodeBuilder(core::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void scalar(const Properties& properties, std::string text);
  void null(const Properties& properties);
  void alias(core::SourceMark mark, std::size_t anchor);
  void begin(const Properties& properties, core::ConfigNode::Type type);
  void end();
  // The finished document.
  [[nodiscard]] core::ConfigNode take() { return std::move(root_); }

 private:
  struct Open {  // a list or section whose end has not come yet
    core::ConfigNode node;
    std::size_t anchor = 0;
    std::string key;  // of the item to come
    core::SourceMark key_mark;
    bool has_key = false;
  };
  struct Anchored {
    core::ConfigNode node;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0;
  };

  void count(core::SourceMark mark, std::size_t nodes, std::size_t bytes);
  void apply_tag(const Properties& properties, core::ConfigNode& node);
  void add(core::ConfigNode node, std::size_t anchor);
  void remember(const core::ConfigNode& node, std::size_t anchor);
  void refuse_duplicates(const core::ConfigNode& map);
  void merge(core::ConfigNode& map);

  core::Diagnostics& diagnostics_;
  core::ConfigNode root_;
  std::vector<Open> open_;
  std::map<std::size_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t aliases_ = 0;
};

}  // namespace telltale::config
