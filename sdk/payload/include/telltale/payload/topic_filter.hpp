// MQTT topic filters (MQTT 3.1.1, section 4.7), with names for wildcards: "plant/+/{sensor}" subscribes as "plant/+/+".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telltale::payload {

inline constexpr std::size_t kMaxTopicLevels = 64;

// Levels of a topic between its slashes, from 0. Views of the topic.
using TopicLevels = std::vector<std::string_view>;
// False for a topic of more than kMaxTopicLevels levels. `levels` keeps its storage. [any]
[[nodiscard]] bool split_topic(std::string_view topic, TopicLevels& levels);

class TopicFilter {
 public:
  // The filter, or what is wrong with it in words a user can act on.
  [[nodiscard]] static std::variant<TopicFilter, std::string> parse(std::string_view text);

  // What to ask the broker for: names are wildcards.
  [[nodiscard]] const std::string& subscription() const noexcept { return subscription_; }
  // A wildcard in the first level matches no topic that begins with $.
  [[nodiscard]] bool matches(const TopicLevels& topic) const;

  // The level that `{name}` names; nothing when there is none of that name.
  [[nodiscard]] std::optional<std::size_t> level_of(std::string_view name) const;
  // How many levels each topic has at least, and whether it may have more ("#").
  [[nodiscard]] std::size_t level_count() const noexcept { return levels_.size(); }
  [[nodiscard]] bool has_rest() const noexcept { return has_rest_; }
  // Whether some topic matches both.
  [[nodiscard]] bool overlaps(const TopicFilter& other) const;

 private:
  struct Level {
    bool wildcard = false;
    std::string text;  // the level, or the wildcard's name, or empty
  };
  TopicFilter() = default;
  std::string add_level(std::string_view text, bool last);

  std::string subscription_;
  std::vector<Level> levels_;
  bool has_rest_ = false;
};

}  // namespace telltale::payload
