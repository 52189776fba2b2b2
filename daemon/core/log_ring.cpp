#include "daemon/core/log_ring.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

constexpr std::string_view kInstead = "...";
constexpr std::array<std::string_view, 6> kWords = {"password", "passwd", "secret", "token", "apikey", "api_key"};

class RingSink final : public LogSink {
 public:
  RingSink(std::shared_ptr<LogSink> sink, std::shared_ptr<LogRing> ring, const Clock& clock)
      : sink_(std::move(sink)), ring_(std::move(ring)), clock_(clock) {}
  void write(LogLevel level, std::string_view part, std::string_view text) override {
    sink_->write(level, part, text);
    if (sink_->enabled(level)) ring_->add(clock_.wall_now(), level, part, text);
  }
  [[nodiscard]] bool enabled(LogLevel level) const override { return sink_->enabled(level); }

 private:
  const std::shared_ptr<LogSink> sink_;
  const std::shared_ptr<LogRing> ring_;
  const Clock& clock_;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                  [](char wanted, char given) { return wanted == lower(given); });
}

bool ends_value(char c) { return c == ' ' || c == '"' || c == '\'' || c == '&' || c == ',' || c == ';' || c == '}'; }

// Behind a word that names a secret: where its value begins; npos when there is none.
std::size_t value_of(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '"' || text[at] == '\'' || text[at] == ' ')) ++at;
  if (at == text.size() || (text[at] != '=' && text[at] != ':')) return std::string_view::npos;
  ++at;
  while (at < text.size() && (text[at] == ' ' || text[at] == '"' || text[at] == '\'')) ++at;
  return at < text.size() ? at : std::string_view::npos;
}

// Behind `//`: where the password of an address begins and ends; an empty one when it has none.
std::pair<std::size_t, std::size_t> password_of(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.find_first_of("/ \"'", at), text.size());
  const std::size_t host = text.substr(0, end).rfind('@');
  if (host == std::string_view::npos || host < at) return {at, at};
  const std::size_t colon = text.find(':', at);
  return colon < host ? std::pair(colon + 1, host) : std::pair(at, at);
}

std::size_t bytes_of(const LogLine& line) { return line.part.size() + line.text.size(); }

}  // namespace

std::string without_secrets(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  const auto leave_out = [&](std::size_t begin, std::size_t end) {
    out += text.substr(at, begin - at);
    out += kInstead;
    at = end;
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("//")) {
      const auto [begin, end] = password_of(text, i + 2);
      if (begin < end) leave_out(begin, end);
      i = std::max(i + 2, end);
      continue;
    }
    const auto* const word = std::find_if(kWords.begin(), kWords.end(),
                                          [&](std::string_view one) { return begins_with(text.substr(i), one); });
    if (word == kWords.end()) {
      ++i;
      continue;
    }
    i += word->size();
    const std::size_t begin = value_of(text, i);
    if (begin == std::string_view::npos) continue;
    std::size_t end = begin;
    while (end < text.size() && !ends_value(text[end])) ++end;
    if (begin < end) leave_out(begin, end);
    i = end;
  }
  out += text.substr(at);
  return out;
}

void LogRing::add(WallTime time, LogLevel level, std::string_view part, std::string_view text) {
  const std::string plain = without_secrets(cut_utf8(text, kMostOfALine));
  LogLine line{0, time, level, escape_line(cut_utf8(part, 64)), escape_line(plain)};
  const MutexLock lock(mutex_);
  line.number = next_++;
  bytes_ += bytes_of(line);
  kept_.push_back(std::move(line));
  while (kept_.size() > kMostLines || bytes_ > kMostBytes) {
    bytes_ -= bytes_of(kept_.front());
    kept_.pop_front();
  }
}

LogRing::Lines LogRing::lines(std::uint64_t since, LogLevel level, std::size_t most) const {
  Lines out;
  const MutexLock lock(mutex_);
  out.next = next_;
  const std::uint64_t oldest = kept_.empty() ? next_ : kept_.front().number;
  out.gone = since < oldest ? oldest - since : 0;
  for (auto line = kept_.rbegin(); line != kept_.rend() && line->number >= since && out.lines.size() < most; ++line) {
    if (line->level <= level) out.lines.push_back(*line);
  }
  std::reverse(out.lines.begin(), out.lines.end());
  return out;
}

std::shared_ptr<LogSink> make_ring_sink(std::shared_ptr<LogSink> sink, std::shared_ptr<LogRing> ring,
                                        const Clock& clock) {
  return std::make_shared<RingSink>(std::move(sink), std::move(ring), clock);
}

}  // namespace telltale::core
