#include <algorithm>

#include <telltale/payload/topic_filter.hpp>

namespace telltale::payload {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }) && !(text.front() >= '0' && text.front() <= '9');
}

}  // namespace

bool split_topic(std::string_view topic, TopicLevels& levels) {
  levels.clear();
  for (;;) {
    if (levels.size() == kMaxTopicLevels) return false;
    const std::size_t slash = topic.find('/');
    levels.push_back(topic.substr(0, slash));
    if (slash == std::string_view::npos) return true;
    topic.remove_prefix(slash + 1);
  }
}

std::variant<TopicFilter, std::string> TopicFilter::parse(std::string_view text) {
  if (text.empty()) return "the topic is empty";
  if (text.size() > 1'024) return "the topic is longer than 1,024 bytes";
  if (text.find('\0') != std::string_view::npos) return "the topic has a zero byte";
  TopicLevels levels;
  if (!split_topic(text, levels)) return "the topic has more than 64 levels";
  TopicFilter filter;
  std::size_t first = 0;
  if (levels.front() == "$share") {  // shared by a group: topics come without it
    if (levels.size() < 3) return "a shared topic is written $share/GROUP/TOPIC";
    filter.subscription_ = "$share/" + std::string(levels[1]) + "/";
    first = 2;
  }
  for (std::size_t i = first; i < levels.size(); ++i) {
    if (i > first) filter.subscription_ += '/';
    if (std::string reason = filter.add_level(levels[i], i + 1 == levels.size()); !reason.empty()) return reason;
  }
  return filter;
}

std::string TopicFilter::add_level(std::string_view text, bool last) {
  if (text == "#") {
    if (!last) return "'#' stands for all levels that follow: nothing can come after it";
    has_rest_ = true;
    subscription_ += '#';
    return {};
  }
  if (text == "+") {
    levels_.push_back({true, {}});
    subscription_ += '+';
    return {};
  }
  if (text.starts_with('{') && text.ends_with('}')) {
    const std::string_view name = text.substr(1, text.size() - 2);
    if (!is_name(name)) return "a named level is written {name}: letters, digits, - and _, no digit first";
    if (level_of(name)) return "the name {" + std::string(name) + "} is given to two levels";
    levels_.push_back({true, std::string(name)});
    subscription_ += '+';
    return {};
  }
  if (text.find_first_of("+#{}") != std::string_view::npos) {
    return "'+', '#' and {name} stand for whole levels: '" + std::string(text) + "' mixes them with text";
  }
  levels_.push_back({false, std::string(text)});
  subscription_ += text;
  return {};
}

bool TopicFilter::matches(const TopicLevels& topic) const {
  if (topic.size() < levels_.size() || (topic.size() > levels_.size() && !has_rest_)) return false;
  const bool first_is_wildcard = levels_.empty() || levels_.front().wildcard;
  if (first_is_wildcard && !topic.empty() && topic.front().starts_with('$')) return false;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (!levels_[i].wildcard && levels_[i].text != topic[i]) return false;
  }
  return true;
}

std::optional<std::size_t> TopicFilter::level_of(std::string_view name) const {
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (levels_[i].wildcard && !name.empty() && levels_[i].text == name) return i;
  }
  return std::nullopt;
}

bool TopicFilter::overlaps(const TopicFilter& other) const {
  const std::size_t common = std::min(levels_.size(), other.levels_.size());
  for (std::size_t i = 0; i < common; ++i) {
    const bool differ = !levels_[i].wildcard && !other.levels_[i].wildcard && levels_[i].text != other.levels_[i].text;
    if (differ) return false;
  }
  if (levels_.size() == other.levels_.size()) return true;
  return levels_.size() < other.levels_.size() ? has_rest_ : other.has_rest_;
}

}  // namespace telltale::payload
