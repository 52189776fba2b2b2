#include "daemon/core/log_ring.h"

#include <algorithm>
#include <utility>

#include "daemon/core/escape.h"
#include "daemon/core/scrub.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

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

std::size_t bytes_of(const LogLine& line) { return line.part.size() + line.text.size(); }

}  // namespace

void LogRing::add(WallTime time, LogLevel level, std::string_view part, std::string_view text) {
  const std::string plain = scrub(cut_utf8(text, kMostOfALine));
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
