// validate_options of option_schema.h.
#include <algorithm>

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/option_schema.h"
#include "daemon/core/option_values.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

using Type = ConfigNode::Type;

const OptionSpec* find_spec(const std::vector<OptionSpec>& schema, std::string_view name) {
  const auto found = std::find_if(schema.begin(), schema.end(), [&](const auto& spec) { return spec.name == name; });
  return found == schema.end() ? nullptr : &*found;
}

std::string_view form_of(Type type) {
  switch (type) {
    case Type::kNull:
      return "nothing";
    case Type::kScalar:
      return "a single value";
    case Type::kSequence:
      return "a list";
    case Type::kMap:
      return "a section";
  }
  return "something else";
}

// Where to say that something is missing in a section: at its key, or where an item of a list begins.
SourceMark place_of(const ConfigNode& node) { return node.key_mark.line > 0 ? node.key_mark : node.mark; }

// Keeps the lines of a secret out of what render() shows.
void hide(const ConfigNode& node, Diagnostics& diagnostics) {
  const auto newlines = std::count(node.scalar.begin(), node.scalar.end(), '\n');
  for (int i = 0; i <= newlines; ++i) diagnostics.hide_line(node.mark.line + i);
  for (const ConfigNode& child : node.children) hide(child, diagnostics);
}

class Validation {
 public:
  explicit Validation(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  OptionValue section(const std::vector<OptionSpec>& schema, const ConfigNode& node, SourceMark place) {
    OptionValue value;
    value.type = TELLTALE_VALUE_SECTION;
    if (node.type != Type::kMap && node.type != Type::kNull) {
      diagnostics_.error(node.mark, fmt::format("expected a section (keys with values), found {}", form_of(node.type)));
      return value;
    }
    for (const ConfigNode& child : node.children) {
      if (find_spec(schema, child.key) == nullptr) unknown(schema, child);
    }
    for (const OptionSpec& spec : schema) value.children.push_back(option(spec, node.find(spec.name), place));
    return value;
  }

 private:
  void unknown(const std::vector<OptionSpec>& schema, const ConfigNode& node) {
    std::vector<std::string> names;
    names.reserve(schema.size());
    for (const OptionSpec& spec : schema) names.push_back(spec.name);
    std::string message = "unknown key '" + escape_line(cut_utf8(node.key, 64)) + "'";
    // Nobody reads a hundred suggestions, and a hostile file could ask for many more.
    const bool suggest = diagnostics_.items().size() < 100;
    const std::string nearest = suggest ? nearest_word(node.key, names) : std::string();
    if (!nearest.empty()) {
      message += "; did you mean '" + nearest + "'?";
      if (find_spec(schema, nearest)->has(TELLTALE_OPTION_SECRET)) hide(node, diagnostics_);
    } else if (names.empty()) {
      message += "; there are none here";
    } else {
      message += fmt::format("; known here: {}", fmt::join(names, ", "));
    }
    diagnostics_.error(node.key_mark, std::move(message));
  }

  // `node` is null, or the item of the map; `place` is the section it is or would be in.
  OptionValue option(const OptionSpec& spec, const ConfigNode* node, SourceMark place) {
    OptionValue value;
    const bool given = node != nullptr && node->type != Type::kNull;
    if (given) {
      if (spec.has(TELLTALE_OPTION_SECRET)) hide(*node, diagnostics_);
      if (spec.has(TELLTALE_OPTION_DEPRECATED)) {
        diagnostics_.warning(node->key_mark, "'" + spec.name + "' is deprecated: " + spec.help);
      }
      value = spec.has(TELLTALE_OPTION_LIST) ? list(spec, *node) : single(spec, *node);
    } else if (spec.has(TELLTALE_OPTION_REQUIRED)) {
      const std::string help = spec.help.empty() ? std::string() : " (" + spec.help + ")";
      diagnostics_.error(node != nullptr ? node->key_mark : place, "'" + spec.name + "' is missing" + help);
    } else if (auto filled = default_value(spec)) {
      value = std::move(*filled);
    } else {
      diagnostics_.error(place, "the default of '" + spec.name + "' does not fit: " + filled.error().message);
    }
    value.name = spec.name;
    return value;
  }

  OptionValue single(const OptionSpec& spec, const ConfigNode& node) {
    if (spec.type == TELLTALE_OPTION_SECTION) {
      if (node.type == Type::kScalar && spec.has_short_form()) return short_section(spec, node);
      return section(spec.children, node, place_of(node));
    }
    if (node.type != Type::kScalar) {
      diagnostics_.error(node.mark,
                         fmt::format("'{}' must be {}, not {}", spec.name, expected_form(spec), form_of(node.type)));
      return {};
    }
    auto value = scalar_value(spec, {node.scalar, node.quoted, node.secret});
    if (value) return std::move(*value);
    diagnostics_.error(node.mark, value.error().message);
    return {};
  }

  // `payload: csv` for `payload: {form: csv}`.
  OptionValue short_section(const OptionSpec& spec, const ConfigNode& node) {
    OptionValue value;
    value.type = TELLTALE_VALUE_SECTION;
    for (const OptionSpec& child : spec.children) {
      const bool is_first = &child == &spec.children.front();
      value.children.push_back(option(child, is_first ? &node : nullptr, place_of(node)));
    }
    return value;
  }

  OptionValue list(const OptionSpec& spec, const ConfigNode& node) {
    OptionValue value;
    value.type = TELLTALE_VALUE_LIST;
    if (node.type != Type::kSequence) {
      value.children.push_back(item(spec, node));
      return value;
    }
    for (const ConfigNode& child : node.children) value.children.push_back(item(spec, child));
    if (node.children.empty() && spec.has(TELLTALE_OPTION_REQUIRED)) {
      diagnostics_.error(node.mark, "'" + spec.name + "' needs at least one item");
    }
    return value;
  }

  OptionValue item(const OptionSpec& spec, const ConfigNode& node) {
    if (node.type == Type::kNull) {
      diagnostics_.error(node.mark, "an item of '" + spec.name + "' is empty");
      return {};
    }
    OptionValue value = single(spec, node);
    value.name.clear();
    return value;
  }

  Diagnostics& diagnostics_;
};

}  // namespace

OptionValue validate_options(const std::vector<OptionSpec>& schema, const ConfigNode& node, Diagnostics& diagnostics) {
  return Validation(diagnostics).section(schema, node, place_of(node));
}

}  // namespace telltale::core
