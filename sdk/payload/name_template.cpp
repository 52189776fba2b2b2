#include <charconv>
#include <system_error>
#include <utility>

#include <telltale/payload/name_template.hpp>
#include <telltale/payload/series_name.hpp>

namespace telltale::payload {
namespace {

void append_level(std::string& name, std::string_view level) {
  if (level.empty()) {
    name += '_';
  } else {
    append_series_name(name, level);
  }
}

}  // namespace

std::variant<NameTemplate, std::string> NameTemplate::parse(std::string_view text, const TopicFilter& filter) {
  if (text.empty()) return "the name is empty";
  if (text.size() > kMaxSeriesName) return "the name is longer than 256 bytes";
  NameTemplate made;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find_first_of("{}"), text.size());
    const std::string_view literal = text.substr(0, open);
    for (const char c : literal) {
      if (!is_series_name_character(c)) return std::string("a name cannot have the character '") + c + "'";
    }
    if (!literal.empty()) made.parts_.emplace_back(std::string(literal));
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    if (text.front() == '}' || close == std::string_view::npos)
      return "'{' and '}' stand around a level: {name} or {1}";
    auto part = placeholder(text.substr(1, close - 1), filter);
    if (auto* reason = std::get_if<std::string>(&part)) return std::move(*reason);
    made.parts_.push_back(std::get<Part>(std::move(part)));
    text.remove_prefix(close + 1);
  }
  return made;
}

std::variant<NameTemplate::Part, std::string> NameTemplate::placeholder(std::string_view word,
                                                                        const TopicFilter& filter) {
  if (word == "#") {
    if (!filter.has_rest()) return std::string("the name uses {#}, but the topic has no '#'");
    return Part(Levels{filter.level_count(), kRest});
  }
  std::size_t level = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), level);
  if (parsed.ec == std::errc{} && parsed.ptr == word.data() + word.size()) {
    if (level >= filter.level_count() && (!filter.has_rest() || level >= kMaxTopicLevels)) {
      return "the name uses {" + std::string(word) + "}, but the topic's levels are {0} to {" +
             std::to_string(filter.level_count() - 1) + "}";
    }
    return Part(Levels{level, 1});
  }
  const auto named = filter.level_of(word);
  if (!named) return "the name uses {" + std::string(word) + "}, but no level of the topic is called so";
  return Part(Levels{*named, 1});
}

NameTemplate NameTemplate::whole_topic() {
  NameTemplate made;
  made.parts_.emplace_back(Levels{0, kRest});
  return made;
}

void NameTemplate::expand(const TopicLevels& topic, std::string& name) const {
  for (const Part& part : parts_) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      name += *literal;
      continue;
    }
    const auto& [first, count] = std::get<Levels>(part);
    if (first >= topic.size()) {
      name += '_';
      continue;
    }
    append_level(name, topic[first]);
    for (std::size_t i = first + 1; count == kRest && i < topic.size(); ++i) {
      name += '.';
      append_level(name, topic[i]);
    }
  }
}

}  // namespace telltale::payload
