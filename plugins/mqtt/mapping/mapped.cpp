#include "plugins/mqtt/mapping/mapped.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <variant>

#include <telltale/cpp/errors.hpp>

namespace telltale::mqtt {
namespace {

bool is_plain(std::string_view form) {
  return form == "auto" || form == "json" || form == "number" || form == "text" || form == "line";
}

// Whether a rule is given that the shorter way does not know.
bool has_rules(const Options& options) {
  const bool lists =
      !options.items("fields").empty() || !options.items("states").empty() || !options.items("calibration").empty();
  const bool flags = !options.flag("others") || !options.flag("publish") || options.at("payload").flag("decimal_comma");
  const bool given = options.has("title") || options.has("time_format") || options.has("time_offset") ||
                     options.has("minimum") || options.has("maximum");
  const bool numbers = options.number("scale") != 1 || options.number("offset") != 0 || options.number("deadband") != 0;
  return lists || flags || given || numbers || options.duration("time_tolerance").count() != 0;
}

// The levels of the topic that a variable stands for.
std::variant<payload::NameTemplate, std::string> levels_of(std::string_view variable,
                                                           const payload::TopicFilter& filter) {
  if (variable == "topic") return payload::NameTemplate::whole_topic();
  return payload::NameTemplate::parse("{" + std::string(variable) + "}", filter);
}

bool is_level(std::string_view variable, const payload::TopicFilter& filter) {
  return std::holds_alternative<payload::NameTemplate>(levels_of(variable, filter));
}

// The texts of names and labels that a series' name is made of.
std::vector<std::string_view> templates_of(const Options& options) {
  std::vector<std::string_view> texts;
  if (options.has("name")) texts.push_back(options.text("name"));
  for (const Options& label : options.items("labels")) texts.push_back(label.text("value"));
  return texts;
}

// "temp*" names what begins so.
bool names_field(const Options& options, std::string_view field) {
  const auto rows = options.items("fields");
  return std::any_of(rows.begin(), rows.end(), [&](const Options& row) {
    const std::string_view pattern = row.text("field");
    return pattern == field || (pattern.ends_with('*') && field.starts_with(pattern.substr(0, pattern.size() - 1)));
  });
}

// Whether a message can have a field of that name, as far as the options tell.
bool can_be_field(const Options& options, std::string_view form, std::string_view field) {
  if (names_field(options, field)) return true;
  const Options payload = options.at("payload");
  if (form == "csv") {
    const auto columns = payload.texts("columns");
    return columns.empty() || payload.flag("header") ||
           std::find(columns.begin(), columns.end(), field) != columns.end();
  }
  if (form == "binary" || form == "hex") {
    const auto layout = payload.items("layout");
    return std::any_of(layout.begin(), layout.end(), [&](const Options& row) { return row.text("field") == field; });
  }
  if (form == "json") return !options.has("value") && !payload.has("value");
  return form != "number" && form != "text" && form != "auto";
}

// Whether a name or label is made of more than levels of the topic. What is no template at all, or misspelt, is told by
// whoever reads it.
bool uses_the_message(const Options& options, const payload::TopicFilter& filter, std::string_view form,
                      std::string_view text) {
  const auto parsed = payload::FieldTemplate::parse(text);
  const auto* made = std::get_if<payload::FieldTemplate>(&parsed);
  if (made == nullptr) return false;
  const auto variables = made->variables();
  return std::any_of(variables.begin(), variables.end(), [&](std::string_view variable) {
    if (variable == "topic" || variable == "field" || variable == "input") return true;
    return !is_level(variable, filter) && can_be_field(options, form, variable);
  });
}

// What the shorter way says as well.
void check_places(const Options& options, std::string_view form) {
  const bool has_no_time = form == "number" || form == "text" || form == "line";
  if ((options.has("value") && form != "json") || (options.has("time") && has_no_time)) {
    throw ConfigError("'value' and 'time' are places in JSON: leave them out, or set 'payload: json'");
  }
  if (options.has("value") && options.at("payload").has("value")) {
    throw ConfigError("'value' is given twice: beside 'payload' and in it");
  }
}

class Maker {
 public:
  Maker(const Options& options, const payload::TopicFilter& filter, std::string_view form)
      : options_(options), filter_(filter), form_(form) {}

  Mapped make() {
    made_.map = payload::make_field_settings(options_);
    payload::MapSettings& map = made_.map;
    map.name = name();
    for (const Options& label : options_.items("labels")) {
      map.labels.emplace_back(label.text("name"), take("labels", label.text("value")));
    }
    for (const payload::FieldRule& rule : map.fields) {
      if (rule.name) check("fields", *rule.name);
    }
    map.boolean_states = {"false", "true"};
    if (options_.has("expire_after")) map.expire_after = options_.duration("expire_after").count();
    map.publish_texts = form_ != "json" && form_ != "auto";
    const auto is_worded = [](const payload::FieldRule& rule) {
      const std::uint32_t kind = rule.kind.value_or(TELLTALE_KIND_GAUGE);
      return kind == TELLTALE_KIND_STATE || kind == TELLTALE_KIND_EVENT;
    };
    const bool keeps_texts =
        uses_fields_ || is_worded(map.all) || std::any_of(map.fields.begin(), map.fields.end(), is_worded);
    made_.decoder = payload::make_decoder(options_.at("payload"),
                                          {.form = form_,
                                           .time = options_.has("time") ? options_.text("time") : std::string_view(),
                                           .value = options_.has("value") ? options_.text("value") : std::string_view(),
                                           .numbers_in_text = options_.flag("numbers_in_text"),
                                           .keep_texts = keeps_texts,
                                           .plain_auto = true});
    return std::move(made_);
  }

 private:
  // The field's name follows, unless it stands in the name already.
  payload::FieldTemplate name() {
    const bool is_line = form_ == "line";
    std::string text(options_.has("name") ? options_.text("name") : std::string_view(is_line ? "{field}" : "{topic}"));
    if (!take("name", text).uses("field")) text += ".{field}";
    return payload::make_template("name", text);
  }

  payload::FieldTemplate take(std::string_view key, std::string_view text) {
    auto made = payload::make_template(key, text);
    check(key, made);
    return made;
  }

  void check(std::string_view key, const payload::FieldTemplate& text) {
    for (const std::string_view variable : text.variables()) {
      if (variable == "field" || variable == "input") continue;
      auto levels = levels_of(variable, filter_);
      if (auto* level = std::get_if<payload::NameTemplate>(&levels)) {
        add(variable, std::move(*level));
      } else if (can_be_field(options_, form_, variable)) {
        uses_fields_ = true;
      } else {
        throw ConfigError(std::string(key) + ": " + std::get<std::string>(levels) + ", and no field of the message is");
      }
    }
  }

  void add(std::string_view variable, payload::NameTemplate levels) {
    std::vector<std::string>& outer = made_.map.outer;
    if (std::find(outer.begin(), outer.end(), variable) != outer.end()) return;
    outer.emplace_back(variable);
    made_.variables.emplace_back(variable, std::move(levels));
  }

  const Options& options_;
  const payload::TopicFilter& filter_;
  std::string_view form_;
  Mapped made_;
  bool uses_fields_ = false;
};

}  // namespace

std::optional<Mapped> make_mapped(const Options& options, const payload::TopicFilter& filter) {
  std::string_view form = payload::form_of(options.at("payload"));
  // Where a place in it is given, it is JSON.
  if (form == "auto" && (options.has("value") || options.has("time"))) form = "json";
  check_places(options, form);
  const auto texts = templates_of(options);
  const bool uses_message = std::any_of(
      texts.begin(), texts.end(), [&](std::string_view text) { return uses_the_message(options, filter, form, text); });
  if (is_plain(form) && !has_rules(options) && !uses_message) return std::nullopt;
  return Maker(options, filter, form).make();
}

}  // namespace telltale::mqtt
