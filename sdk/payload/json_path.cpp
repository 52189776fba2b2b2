#include <charconv>
#include <utility>

#include <telltale/payload/json_path.hpp>

namespace telltale::payload {
namespace {

constexpr std::string_view kTooLong = "the path has more than 64 steps";

// Reads one JSONPath; `at` is where reading is, also when it failed.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  std::variant<JsonPath, JsonPathError> read() {
    if (text_.starts_with("$")) {
      at_ = 1;
    } else if (!text_.empty() && text_.front() != '[' && !take_name()) {
      return error();
    }
    while (at_ < text_.size() && reason_.empty()) {
      if (path_.steps.size() == JsonPath::kMaxSteps) {
        reason_ = kTooLong;
      } else if (text_[at_] == '.') {
        ++at_;
        take_name();
      } else if (text_[at_] == '[') {
        ++at_;
        take_bracket();
      } else {
        reason_ = "expected '.' or '['";
      }
    }
    if (!reason_.empty()) return error();
    return std::move(path_);
  }

 private:
  [[nodiscard]] JsonPathError error() const { return {reason_, at_}; }

  bool take_name() {
    const std::size_t end = std::min(text_.find_first_of(".[", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    if (name.empty()) {
      reason_ = at_ < text_.size() && text_[at_] == '.' ? "'..' searches, which is not supported" : "a name is missing";
      return false;
    }
    if (name.find_first_of("]'\"*?()@ ") != std::string_view::npos && name != "*") {
      reason_ = "a name with special characters is written ['name']";
      return false;
    }
    at_ = end;
    add(name == "*" ? JsonPath::Step{JsonPath::Every{}} : JsonPath::Step{std::string(name)});
    return true;
  }

  void take_bracket() {
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '\'' || first == '"') {
      take_quoted(first);
    } else if (first == '*') {
      ++at_;
      add({JsonPath::Every{}});
    } else {
      std::size_t index = 0;
      const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), index);
      if (parsed.ec != std::errc{}) {
        reason_ = "between '[' and ']' stands an index, a quoted name or '*'";
        return;
      }
      at_ = static_cast<std::size_t>(parsed.ptr - text_.data());
      add({index});
    }
    if (!reason_.empty()) return;
    if (at_ == text_.size() || text_[at_] != ']') {
      reason_ = "a ']' is missing";
      return;
    }
    ++at_;
  }

  void take_quoted(char quote) {
    std::string name;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      name += text_[at_];
    }
    if (at_ == text_.size()) {
      reason_ = "the quoted name has no end";
      return;
    }
    ++at_;
    add({std::move(name)});
  }

  void add(JsonPath::Step step) { path_.steps.push_back(std::move(step)); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
  JsonPath path_;
};

std::variant<JsonPath, JsonPathError> parse_pointer(std::string_view text) {
  JsonPath path;
  std::size_t at = 0;
  while (at < text.size()) {
    if (path.steps.size() == JsonPath::kMaxSteps) return JsonPathError{std::string(kTooLong), at};
    const std::size_t end = std::min(text.find('/', at + 1), text.size());
    std::string name;
    for (++at; at < end; ++at) {
      if (text[at] != '~') {
        name += text[at];
      } else if (at + 1 < end && (text[at + 1] == '0' || text[at + 1] == '1')) {
        name += text[++at] == '0' ? '~' : '/';
      } else {
        return JsonPathError{"a '~' in a pointer is written '~0', a '/' in a name '~1'", at};
      }
    }
    path.steps.push_back({std::move(name)});
  }
  return path;
}

}  // namespace

std::variant<JsonPath, JsonPathError> parse_json_path(std::string_view text) {
  if (text.starts_with('/')) return parse_pointer(text);
  return PathReader(text).read();
}

}  // namespace telltale::payload
