// What is wrong with a file that a user wrote, with its place: collected, all shown at once.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::core {

// A place in a file; both count from 1, columns in characters. Line 0: the file as a whole.
struct SourceMark {
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  SourceMark mark;
  std::string message;  // what is wrong and what would be right
};

class Diagnostics {
 public:
  void error(SourceMark mark, std::string message) {
    items_.push_back({Diagnostic::Severity::kError, mark, std::move(message)});
  }
  void warning(SourceMark mark, std::string message) {
    items_.push_back({Diagnostic::Severity::kWarning, mark, std::move(message)});
  }
  // A line of the source that holds a secret: render() does not show it.
  void hide_line(int line) { hidden_lines_.push_back(line); }
  void append(const Diagnostics& other) {
    append_if(other, [](const Diagnostic&) { return true; });
  }
  // Those of `other` that `wanted` chooses, and what it hides.
  template <class Wanted>
  void append_if(const Diagnostics& other, Wanted wanted) {
    std::copy_if(other.items_.begin(), other.items_.end(), std::back_inserter(items_), wanted);
    hidden_lines_.insert(hidden_lines_.end(), other.hidden_lines_.begin(), other.hidden_lines_.end());
  }
  [[nodiscard]] const std::vector<Diagnostic>& items() const { return items_; }
  [[nodiscard]] bool has_errors() const;
  // Sorted by place, `FILE:LINE:COLUMN: error: message`, the line of `source`, and a caret under the column. The
  // first 100; the rest is counted.
  [[nodiscard]] std::string render(std::string_view file, std::string_view source) const;

 private:
  std::vector<Diagnostic> items_;
  std::vector<int> hidden_lines_;
};

// The nearest of `words` to `word` by edit distance, for "did you mean"; empty when none is near.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& words);

}  // namespace telltale::core
