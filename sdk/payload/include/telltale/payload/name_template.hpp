// The name of a series, made of a topic's levels: "{sensor}.{1}" for the filter "plant/+/{sensor}".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <telltale/payload/topic_filter.hpp>

namespace telltale::payload {

// {name} is a named level of the filter; {N} is the topic's level N, counted from 0 (in "plant/+/{sensor}", {0} is
// plant and {1} the +); {#} is what "#" stands for, its levels joined with dots. A value; constant once made.
class NameTemplate {
 public:
  // The template, or what is wrong with it in words a user can act on.
  [[nodiscard]] static std::variant<NameTemplate, std::string> parse(std::string_view text, const TopicFilter& filter);
  // All levels of the topic, joined with dots: the name when none is configured.
  [[nodiscard]] static NameTemplate whole_topic();

  // Appends the name of `topic` to `name`. A character that no series' name may have, and a level that is empty or not
  // there, becomes _. [any]
  void expand(const TopicLevels& topic, std::string& name) const;

 private:
  struct Levels {
    std::size_t first = 0;
    std::size_t count = 1;  // kRest: all that follow
  };
  static constexpr std::size_t kRest = static_cast<std::size_t>(-1);
  using Part = std::variant<std::string, Levels>;

  NameTemplate() = default;
  static std::variant<Part, std::string> placeholder(std::string_view word, const TopicFilter& filter);

  std::vector<Part> parts_;
};

}  // namespace telltale::payload
