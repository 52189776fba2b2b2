// A path to values inside a JSON document: a JSON pointer (RFC 6901), or the part of JSONPath (RFC 9535) that names
// places without searching: `$.a.b[0]`, `$['a b']`, and `*` for every child.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telltale::payload {

struct JsonPath {
  static constexpr std::size_t kMaxSteps = 64;

  struct Every {
    friend bool operator==(const Every&, const Every&) = default;
  };
  // A key of an object (in a pointer, digits are an index of an array as well), an index of an array, or every child.
  struct Step {
    std::variant<std::string, std::size_t, Every> of;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps;  // none: the whole document

  friend bool operator==(const JsonPath&, const JsonPath&) = default;
};

// Reads `/a/b/0`, `$.a.b[0]`, `a.b[0]` (the `$.` may be left out); the empty text is the whole document. False, with
// the reason in words and the position in bytes, for anything else. [any]
struct JsonPathError {
  std::string reason;
  std::size_t position = 0;
};
[[nodiscard]] std::variant<JsonPath, JsonPathError> parse_json_path(std::string_view text);

}  // namespace telltale::payload
