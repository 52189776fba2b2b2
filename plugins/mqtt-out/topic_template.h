// Topics with fields in braces: {node}, {id}, {series}, {path}, and the name of a label. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <telltale/host.h>

namespace telltale::mqtt_out {

class TopicTemplate {
 public:
  // {node} and {id} are filled in at once. Throws ConfigError, which names the option.
  TopicTemplate(std::string_view option, std::string_view text, std::string_view node, std::string_view id);

  // Whether it has a field of a series.
  [[nodiscard]] bool is_of_series() const;
  // What is not allowed in a level of a topic becomes `_`; so does a label that the series has not.
  [[nodiscard]] std::string of(const telltale_series& series) const;
  // Without fields of a series.
  [[nodiscard]] std::string text() const;

 private:
  struct Part {
    bool is_field = false;
    std::string text;  // or the field's name
  };
  std::vector<Part> parts_;
};

// One level of a topic: without '/', '+', '#' and control characters; never empty.
[[nodiscard]] std::string topic_level(std::string_view text);

}  // namespace telltale::mqtt_out
