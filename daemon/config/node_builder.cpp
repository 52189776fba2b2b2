#include "daemon/config/node_builder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/config/prescan.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using Type = core::ConfigNode::Type;

struct Extent {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t depth = 0;
};

Extent measure(const ConfigNode& node) {
  Extent extent{1, node.scalar.size() + node.key.size(), 0};
  const bool container = node.type == Type::kSequence || node.type == Type::kMap;
  for (const ConfigNode& child : node.children) {
    const Extent inner = measure(child);
    extent.nodes += inner.nodes;
    extent.bytes += inner.bytes;
    extent.depth = std::max(extent.depth, inner.depth);
  }
  if (container) ++extent.depth;
  return extent;
}

std::string shown(std::string_view text) { return "'" + core::escape_line(core::cut_utf8(text, 64)) + "'"; }

}  // namespace

void NodeBuilder::count(core::SourceMark mark, std::size_t nodes, std::size_t bytes) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ > kMaxNodes) throw Refusal{mark, "more than " + std::to_string(kMaxNodes) + " values"};
  if (bytes_ > kMaxScalarBytes) throw Refusal{mark, "the values are larger than 4 MiB in all"};
}

void NodeBuilder::apply_tag(const Properties& properties, ConfigNode& node) {
  const std::string_view tag = properties.tag;
  const bool scalar = node.type == Type::kScalar;
  if (tag.empty() || tag == "?") return;
  if (tag == "!" || tag == "tag:yaml.org,2002:str") {
    node.quoted = scalar;
  } else if (tag == "!secret" && scalar) {
    node.secret = true;
  } else if (tag == "!secret") {
    diagnostics_.error(properties.mark, "!secret needs the name of a secret behind it");
  } else {
    diagnostics_.error(properties.mark, "unknown tag " + shown(tag) + "; only !secret is known");
  }
}

void NodeBuilder::scalar(const Properties& properties, std::string text) {
  count(properties.mark, 1, text.size());
  ConfigNode node;
  node.type = Type::kScalar;
  node.mark = properties.mark;
  node.scalar = std::move(text);
  apply_tag(properties, node);
  add(std::move(node), properties.anchor);
}

void NodeBuilder::null(const Properties& properties) {
  count(properties.mark, 1, 0);
  ConfigNode node;
  node.mark = properties.mark;
  apply_tag(properties, node);
  add(std::move(node), properties.anchor);
}

void NodeBuilder::alias(core::SourceMark mark, std::size_t anchor) {
  if (++aliases_ > kMaxAliases) throw Refusal{mark, "more than " + std::to_string(kMaxAliases) + " aliases"};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw Refusal{mark, "an alias that refers to what it is a part of"};
  const Anchored& anchored = found->second;
  count(mark, anchored.nodes, anchored.bytes);
  if (open_.size() + anchored.depth > kMaxDepth) {
    throw Refusal{mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels"};
  }
  add(anchored.node, 0);
}

void NodeBuilder::begin(const Properties& properties, Type type) {
  count(properties.mark, 1, 0);
  if (open_.size() == kMaxDepth) {
    throw Refusal{properties.mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels"};
  }
  if (!open_.empty() && open_.back().node.type == Type::kMap && !open_.back().has_key) {
    throw Refusal{properties.mark, "a key must be a word, not a list or section (is a bracket not closed?)"};
  }
  Open frame;
  frame.node.type = type;
  frame.node.mark = properties.mark;
  frame.anchor = properties.anchor;
  apply_tag(properties, frame.node);
  open_.push_back(std::move(frame));
}

void NodeBuilder::end() {
  Open done = std::move(open_.back());
  open_.pop_back();
  if (done.node.type == Type::kMap) {
    refuse_duplicates(done.node);
    merge(done.node);
  }
  add(std::move(done.node), done.anchor);
}

void NodeBuilder::add(ConfigNode node, std::size_t anchor) {
  if (anchor != 0) remember(node, anchor);
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  if (parent.node.type == Type::kMap && !parent.has_key) {
    if (node.type != Type::kScalar || node.secret) throw Refusal{node.mark, "a key must be a word"};
    parent.key = std::move(node.scalar);
    parent.key_mark = node.mark;
    parent.has_key = true;
    return;
  }
  if (parent.node.type == Type::kMap) {
    node.key = std::move(parent.key);
    node.key_mark = parent.key_mark;
    parent.has_key = false;
  }
  parent.node.children.push_back(std::move(node));
}

void NodeBuilder::remember(const ConfigNode& node, std::size_t anchor) {
  if (anchors_.size() == kMaxAliases) {
    throw Refusal{node.mark, "more than " + std::to_string(kMaxAliases) + " anchors"};
  }
  const Extent extent = measure(node);
  count(node.mark, extent.nodes, extent.bytes);  // the copy is memory too
  anchors_[anchor] = {node, extent.nodes, extent.bytes, extent.depth};
}

void NodeBuilder::refuse_duplicates(const ConfigNode& map) {
  std::vector<const ConfigNode*> sorted;
  sorted.reserve(map.children.size());
  for (const ConfigNode& item : map.children) sorted.push_back(&item);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->key != sorted[i - 1]->key) continue;
    diagnostics_.error(sorted[i]->key_mark, shown(sorted[i]->key) + " is given twice; first in line " +
                                                std::to_string(sorted[i - 1]->key_mark.line));
  }
}

// YAML 1.1's merge key: `<<: *base` fills in what the section does not say itself.
void NodeBuilder::merge(ConfigNode& map) {
  const auto found =
      std::find_if(map.children.begin(), map.children.end(), [](const ConfigNode& item) { return item.key == "<<"; });
  if (found == map.children.end()) return;
  ConfigNode source = std::move(*found);
  map.children.erase(found);
  std::vector<ConfigNode> bases;
  if (source.type == Type::kSequence) {
    bases = std::move(source.children);
  } else {
    bases.push_back(std::move(source));
  }
  std::set<std::string> said;
  for (const ConfigNode& item : map.children) said.insert(item.key);
  for (ConfigNode& base : bases) {
    if (base.type != Type::kMap) {
      diagnostics_.error(base.mark, "<< needs a section, such as *name");
      continue;
    }
    for (ConfigNode& item : base.children) {
      if (said.insert(item.key).second) map.children.push_back(std::move(item));
    }
  }
}

}  // namespace telltale::config
