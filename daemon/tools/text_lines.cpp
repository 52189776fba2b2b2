#include "daemon/tools/text_lines.h"

#include <algorithm>
#include <utility>

namespace telltale::tools {

core::Result<std::optional<TextLines::Line>> TextLines::read() {
  Line line;
  bool any = false;
  for (;;) {
    if (at_ == piece_.size()) {
      if (ended_) break;
      at_ = 0;
      if (auto next = source_->next(piece_); !next) {
        ended_ = true;
        piece_.clear();
        return next.error();
      }
      ended_ = piece_.empty();
      continue;
    }
    any = true;
    const auto end = piece_.find('\n', at_);
    const std::size_t stop = end == std::string::npos ? piece_.size() : end;
    const std::size_t room = kMostLine - line.text.size();
    line.text.append(piece_, at_, std::min(room, stop - at_));
    if (stop - at_ > room) line.too_long = true;
    at_ = end == std::string::npos ? stop : stop + 1;
    if (end != std::string::npos) break;
  }
  if (!any) return std::optional<Line>();
  if (line.text.ends_with('\r')) line.text.pop_back();
  line.number = ++number_;
  return std::optional(std::move(line));
}

core::Result<std::optional<TextLines::Line>> TextLines::physical() {
  if (ahead_.empty()) return read();
  Line line = std::move(ahead_.front());
  ahead_.pop_front();
  return std::optional(std::move(line));
}

// Whether the number of its quotes is odd.
bool TextLines::open_quote(const std::string& text) const {
  bool open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (escapes_ && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      open = !open;
    }
  }
  return open;
}

core::Result<std::optional<TextLines::Line>> TextLines::next() {
  auto first = physical();
  if (!first || !*first || (*first)->too_long || !open_quote((*first)->text)) return first;
  // The quote may end on a later line; when none does, the line is bad by itself, and the others are not.
  std::string joined = (*first)->text;
  bool open = true;
  for (std::size_t taken = 0;; ++taken) {
    if (taken == ahead_.size()) {
      auto more = read();
      if (!more) return more.error();
      if (!*more) return first;
      ahead_.push_back(std::move(**more));
    }
    const Line& more = ahead_[taken];
    if (more.too_long || joined.size() + more.text.size() >= kMostLine) return first;
    joined += '\n';
    joined += more.text;
    open = open != open_quote(more.text);
    if (open) continue;
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(taken) + 1);
    (*first)->text = std::move(joined);
    return first;
  }
}

}  // namespace telltale::tools
