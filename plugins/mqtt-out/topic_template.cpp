#include "plugins/mqtt-out/topic_template.h"

#include <algorithm>
#include <cstddef>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/text.hpp>

#include "plugins/option_text/line.h"
#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

namespace {

constexpr std::size_t kLongestTopic = 1'024;
constexpr std::ptrdiff_t kMostSlashes = 60;  // a series' name has at most 128 levels, and mosquitto takes 200

bool is_forbidden(char32_t c) { return c == '+' || c == '#' || option_text::is_control(c); }

// Character by character, each that has no place in a level as `_`; `dot` stands for a dot.
void append_characters(std::string& out, std::string_view text, char dot) {
  while (!text.empty()) {
    const std::string_view before = text;
    const auto c = option_text::take_character(text);
    if (!c) text.remove_prefix(1);
    if (!c || is_forbidden(*c) || *c == '/') {
      out += '_';
    } else if (*c == '.') {
      out += dot;
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
}

void append_level(std::string& out, std::string_view text) {
  append_characters(out, text, '.');
  if (text.empty()) out += '_';
}

bool has_forbidden(std::string_view text) {
  while (!text.empty()) {
    const auto c = option_text::take_character(text);
    if (!c || is_forbidden(*c) || *c == '}') return true;
  }
  return false;
}

}  // namespace

TopicTemplate::TopicTemplate(std::string_view option, std::string_view text, std::string_view node,
                             std::string_view id) {
  const auto refuse = [&](std::string_view why) {
    throw ConfigError(std::string(option) + ": '" + std::string(text) + "': " + std::string(why));
  };
  if (text.empty() || text.size() > kLongestTopic) refuse("a topic has 1 to 1024 bytes");
  if (!option_text::is_utf8(text)) refuse("it is no UTF-8");
  if (text.front() == '$') refuse("topics that begin with $ are the broker's own");
  if (std::count(text.begin(), text.end(), '/') > kMostSlashes) refuse("too many levels");
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    const std::string_view plain = rest.substr(0, open);
    if (has_forbidden(plain)) {
      refuse("a topic to publish to has no '+', no '#' and no lone '}'");
    }
    if (!plain.empty()) parts_.push_back({false, std::string(plain)});
    if (open == rest.size()) break;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) refuse("a '}' is missing");
    const std::string_view field = rest.substr(open + 1, close - open - 1);
    if (field.empty()) refuse("a field has a name");
    if (field == "node" || field == "id") {
      parts_.push_back({false, topic_level(field == "node" ? node : id)});
    } else {
      parts_.push_back({true, std::string(field)});
    }
    rest.remove_prefix(close + 1);
  }
}

bool TopicTemplate::is_of_series() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.is_field; });
}

std::string TopicTemplate::of(const telltale_series& series) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.is_field) {
      out += part.text;
    } else if (part.text == "path") {
      append_characters(out, to_view(series.name), '/');
    } else {
      append_level(out, part.text == "series" ? to_view(series.name) : outgoing::label_of(series, part.text));
    }
  }
  return out;
}

std::string TopicTemplate::text() const {
  std::string out;
  for (const Part& part : parts_) out += part.text;
  return out;
}

std::string topic_level(std::string_view text) {
  std::string out;
  append_level(out, text);
  return out;
}

}  // namespace telltale::mqtt_out
