#include "daemon/config/prescan.h"

#include <algorithm>
#include <string>

#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

// Brackets in texts and comments are counted too, so the bound is far above kMaxDepth: no honest file has so
// many that stay open.
constexpr std::size_t kMaxOpenBrackets = 256;
// `- - - x` nests one list per dash.
constexpr std::size_t kMaxIndicatorsOfLine = 64;

std::size_t find_bad_character(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t at = text.size() - rest.size();
    const auto character = core::take_utf8(rest);
    if (!character) return at;
    const bool space = *character == '\n' || *character == '\r' || *character == '\t';
    // C1 controls but U+0085 are not printable in YAML 1.2 (section 5.1) either; a file needs none of them.
    if (core::is_control(*character) && !space) return at;
  }
  return std::string_view::npos;
}

std::size_t find_deep_brackets(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') ++open;
    if ((text[i] == ']' || text[i] == '}') && open > 0) --open;
    if (open > kMaxOpenBrackets) return i;
  }
  return std::string_view::npos;
}

std::size_t find_deep_line(std::string_view text) {
  std::size_t indicators = 0;
  bool counting = true;  // only what stands before the line's first other character
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      indicators = 0;
      counting = true;
    } else if (text[i] == '-' || text[i] == '?' || text[i] == ':') {
      if (counting && ++indicators > kMaxIndicatorsOfLine && i + 1 < text.size() && text[i + 1] == ' ') return i;
    } else if (text[i] != ' ' && text[i] != '\t') {
      counting = false;
    }
  }
  return std::string_view::npos;
}

}  // namespace

core::SourceMark mark_of(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const std::string_view left = start == std::string_view::npos ? before : before.substr(start + 1);
  return {static_cast<int>(line) + 1, static_cast<int>(core::count_utf8(left)) + 1};
}

bool prescan(std::string_view text, core::Diagnostics& diagnostics) {
  if (text.size() > kMaxFileBytes) {
    diagnostics.error({}, "the file is larger than 1 MiB");
    return false;
  }
  if (const auto at = find_bad_character(text); at != std::string_view::npos) {
    diagnostics.error(mark_of(text, at), "a byte that is no UTF-8 text, or a control character");
    return false;
  }
  const auto at = std::min(find_deep_brackets(text), find_deep_line(text));
  if (at == std::string_view::npos) return true;
  diagnostics.error(mark_of(text, at), "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  return false;
}

}  // namespace telltale::config
