// A finished tree of options as the daemon would hand it over, made of the plugin's own table: from defaults, from
// what the user of the validator gave, and from made-up values where something is required. One option of it may be
// given an extreme value. In the case's process.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/options.h>

namespace telltale::validator {

// A text as the YAML of the daemon would read it for that type; nothing when it does not fit.
[[nodiscard]] std::optional<telltale_value> parse_value(const telltale_option& option, std::string_view text);
// The items of `[a, "b c"]`, or the text itself as the only one.
[[nodiscard]] std::vector<std::string> list_items(std::string_view text);
// Whether the default fits its option; else why not. Empty: it does.
[[nodiscard]] std::string default_problem(const telltale_option& option);

enum class Extreme : std::uint8_t {
  kLowest,
  kHighest,
  kEmptyText,
  kLongText,
  kControlText,  // line breaks, quotes and format marks
  kNotUtf8,
  kEmptyList,
  kLongList,
  kGiven,  // an optional one that is otherwise left out
};
struct Variation {
  std::string path;  // `subscribe.topic`
  Extreme extreme;
  [[nodiscard]] std::string text() const;
};

// All that can be tried with a table, at most some hundred.
[[nodiscard]] std::vector<Variation> variations_of(const telltale_option* options, std::uint32_t count);

class ValueTree {
 public:
  using Given = std::vector<std::pair<std::string, std::string>>;
  ValueTree(const telltale_option* options, std::uint32_t count, const Given& given, std::string directory,
            const std::optional<Variation>& variation = {});
  ValueTree(const ValueTree&) = delete;
  ValueTree& operator=(const ValueTree&) = delete;
  ~ValueTree() = default;

  [[nodiscard]] const telltale_value& root() const { return root_; }
  // Paths that had to be made up because they are required and have no default.
  [[nodiscard]] const std::vector<std::string>& made_up() const { return made_up_; }
  // Files and directories that options with TELLTALE_OPTION_PATH name.
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  telltale_value option(const telltale_option& option, const std::string& path);
  telltale_value list(const telltale_option& option, const std::string& path);
  telltale_value single(const telltale_option& option, const std::string& path);
  telltale_value section(const telltale_option* options, std::uint32_t count, const std::string& path);
  telltale_value extreme(const telltale_option& option, Extreme extreme);
  telltale_value made_up_value(const telltale_option& option, const std::string& path);
  telltale_value keep(telltale_value value, bool is_path);
  void keep_children(telltale_value& value, std::vector<telltale_value> children);
  [[nodiscard]] const std::string* given(const std::string& path) const;
  // Whether the variation or what was given is about something below this path.
  [[nodiscard]] bool wanted_below(const std::string& path) const;

  const Given& given_;
  std::string directory_;
  std::optional<Variation> variation_;
  std::deque<std::string> texts_;
  std::deque<std::vector<telltale_value>> lists_;
  std::vector<std::string> made_up_;
  std::vector<std::string> paths_;
  telltale_value root_{};
};

}  // namespace telltale::validator
