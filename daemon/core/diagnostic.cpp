#include "daemon/core/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

constexpr std::size_t kMaxShown = 100;      // diagnostics; the rest is counted
constexpr std::size_t kMaxLineShown = 160;  // characters of a source line
constexpr std::size_t kShownBeforeCaret = 100;

std::string_view line_of(std::string_view source, int line) {
  for (int i = 1; i < line; ++i) {
    const auto end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  std::string_view text = source.substr(0, source.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

// One character of a source line, as it is shown: one column wide whatever it is.
std::string shown_character(std::string_view& rest) {
  const std::string_view before = rest;
  const auto character = take_utf8(rest);
  if (!character) {
    rest.remove_prefix(1);
    return "\xef\xbf\xbd";
  }
  const std::string_view text = before.substr(0, before.size() - rest.size());
  if (*character == '\t') return " ";
  return escape_line(text) == text ? std::string(text) : "?";
}

// The line and the caret under `column`; a long line is cut around it.
void append_excerpt(std::string& out, std::string_view line, int column) {
  const std::size_t at = column > 0 ? static_cast<std::size_t>(column - 1) : 0;
  const std::size_t first = at > kMaxLineShown - 20 ? at - kShownBeforeCaret : 0;
  std::string text = first > 0 ? "…" : "";
  std::size_t index = 0;
  while (!line.empty() && index < first + kMaxLineShown) {
    const std::string character = shown_character(line);
    if (index++ >= first) text += character;
  }
  if (!line.empty()) text += "…";
  fmt::format_to(std::back_inserter(out), "  {}\n  {:>{}}\n", text, "^", at - first + (first > 0 ? 2 : 1));
}

// Optimal string alignment distance (insert, delete, replace, swap neighbours), at most O(64 * 64).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older(b.size() + 1);
  std::vector<std::size_t> old(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) old[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = old[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({old[j] + 1, now[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], older[j - 2] + 1);
    }
    older.swap(old);
    old.swap(now);
  }
  return old[b.size()];
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

bool Diagnostics::has_errors() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const Diagnostic& item) { return item.severity == Diagnostic::Severity::kError; });
}

std::string Diagnostics::render(std::string_view file, std::string_view source) const {
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(items_.size());
  for (const Diagnostic& item : items_) sorted.push_back(&item);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return std::tie(a->mark.line, a->mark.column) < std::tie(b->mark.line, b->mark.column);
  });
  const std::string name = escape_line(file);
  std::string out;
  for (std::size_t i = 0; i < sorted.size() && i < kMaxShown; ++i) {
    const Diagnostic& item = *sorted[i];
    out += name;
    if (item.mark.line > 0) out += fmt::format(":{}:{}", item.mark.line, std::max(item.mark.column, 1));
    out += item.severity == Diagnostic::Severity::kError ? ": error: " : ": warning: ";
    out += escape_line(item.message) + "\n";
    if (item.mark.line <= 0) continue;
    const bool hidden = std::find(hidden_lines_.begin(), hidden_lines_.end(), item.mark.line) != hidden_lines_.end();
    append_excerpt(out, hidden ? "(this line holds a secret and is not shown)" : line_of(source, item.mark.line),
                   hidden ? 1 : item.mark.column);
  }
  if (sorted.size() > kMaxShown) out += fmt::format("{}: and {} more\n", name, sorted.size() - kMaxShown);
  return out;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t kMaxWord = 64;
  if (word.empty() || word.size() > kMaxWord) return {};
  const std::string wanted = lower(word);
  // One slip in a short word, one in three letters of a longer one.
  std::size_t best = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  std::string nearest;
  for (const std::string& candidate : words) {
    if (candidate.empty() || candidate.size() > kMaxWord) continue;
    const std::size_t far = distance(wanted, lower(candidate));
    if (far < best && far < candidate.size()) {
      best = far;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace telltale::core
