// Logging: one line per event on stderr, in journald's priority form or as JSON. A Logger is a value that
// names its part; the sink is shared and safe from every thread. Text is escaped: no input can forge a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace telltale::core {

// The numbers are syslog's severities (RFC 5424).
enum class LogLevel : std::uint8_t { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6, kDebug = 7 };

[[nodiscard]] std::optional<LogLevel> log_level_from(std::string_view text);
[[nodiscard]] std::string_view to_text(LogLevel level);

// Where lines go.
class LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view part, std::string_view text) = 0;
  [[nodiscard]] virtual bool enabled(LogLevel level) const = 0;
};

enum class LogFormat : std::uint8_t { kJournal, kJson };
[[nodiscard]] std::shared_ptr<LogSink> make_stderr_sink(LogLevel level, LogFormat format);
// Swallows everything; for tests and tools.
[[nodiscard]] std::shared_ptr<LogSink> make_null_sink();

class Logger {
 public:
  Logger(std::shared_ptr<LogSink> sink, std::string part) : sink_(std::move(sink)), part_(std::move(part)) {}

  // The same sink under another part's name.
  [[nodiscard]] Logger with(std::string part) const { return {sink_, std::move(part)}; }

  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    log(LogLevel::kError, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    log(LogLevel::kWarning, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void notice(fmt::format_string<Args...> format, Args&&... args) const {
    log(LogLevel::kNotice, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    log(LogLevel::kInfo, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    log(LogLevel::kDebug, format, std::forward<Args>(args)...);
  }
  void write(LogLevel level, std::string_view text) const { sink_->write(level, part_, text); }

 private:
  template <class... Args>
  void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
    if (sink_->enabled(level)) sink_->write(level, part_, fmt::format(format, std::forward<Args>(args)...));
  }

  std::shared_ptr<LogSink> sink_;
  std::string part_;
};

}  // namespace telltale::core
