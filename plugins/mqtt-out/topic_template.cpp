#include "plugins/mqtt-out/topic_template.h"

#include <algorithm>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/text.hpp>

#include "plugins/option_text/line.h"
#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

namespace {

constexpr std::size_t kLongestTopic = 1'024;

bool is_forbidden(char c) { return c == '+' || c == '#' || static_cast<unsigned char>(c) < 0x20U || c == 0x7f; }

void append_level(std::string& out, std::string_view text) {
  for (const char c : text) out += is_forbidden(c) || c == '/' ? '_' : c;
  if (text.empty()) out += '_';
}

void append_path(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '.') {
      out += '/';
    } else {
      out += is_forbidden(c) || c == '/' ? '_' : c;
    }
  }
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
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    const std::string_view plain = rest.substr(0, open);
    if (std::any_of(plain.begin(), plain.end(), [](char c) { return is_forbidden(c) || c == '}'; })) {
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
      append_path(out, to_view(series.name));
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
