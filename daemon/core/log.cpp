#include "daemon/core/log.h"

#include <array>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "daemon/core/clock.h"
#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

// Longer texts are cut: a log line is not a place for payloads.
constexpr std::size_t kMaxTextBytes = 8'192;

struct LevelName {
  LogLevel level;
  std::string_view name;
};
constexpr std::array<LevelName, 5> kLevelNames = {{{LogLevel::kError, "error"},
                                                   {LogLevel::kWarning, "warning"},
                                                   {LogLevel::kNotice, "notice"},
                                                   {LogLevel::kInfo, "info"},
                                                   {LogLevel::kDebug, "debug"}}};

// sd-daemon(3): `<N>` in front of a line is its priority.
std::string journal_line(LogLevel level, std::string_view part, std::string_view text) {
  return fmt::format("<{}>{}: {}", static_cast<int>(level), escape_line(part), escape_line(text));
}

std::string json_line(LogLevel level, std::string_view part, std::string_view text) {
  return fmt::format(R"({{"time":"{}","level":"{}","part":{},"message":{}}})", format_time(SystemClock().wall_now()),
                     to_text(level), json_string(part), json_string(text));
}

class StderrSink final : public LogSink {
 public:
  StderrSink(LogLevel level, LogFormat format)
      : logger_("telltale", std::make_shared<spdlog::sinks::stderr_sink_mt>()), level_(level), format_(format) {
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
    logger_.set_level(spdlog::level::trace);  // enabled() has decided
  }

  void write(LogLevel level, std::string_view part, std::string_view text) override {
    if (!enabled(level)) return;
    const std::string_view kept = cut_utf8(text, kMaxTextBytes);
    const std::string cut = kept.size() < text.size() ? std::string(kept) + "…" : std::string(kept);
    const std::string line = format_ == LogFormat::kJson ? json_line(level, part, cut) : journal_line(level, part, cut);
    logger_.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  }
  [[nodiscard]] bool enabled(LogLevel level) const override { return level <= level_; }

 private:
  spdlog::logger logger_;
  const LogLevel level_;
  const LogFormat format_;
};

class NullSink final : public LogSink {
 public:
  void write(LogLevel /*level*/, std::string_view /*part*/, std::string_view /*text*/) override {}
  [[nodiscard]] bool enabled(LogLevel /*level*/) const override { return false; }
};

}  // namespace

std::optional<LogLevel> log_level_from(std::string_view text) {
  for (const auto& known : kLevelNames) {
    if (known.name == text) return known.level;
  }
  return std::nullopt;
}

std::string_view to_text(LogLevel level) {
  for (const auto& known : kLevelNames) {
    if (known.level == level) return known.name;
  }
  return "unknown";
}

std::shared_ptr<LogSink> make_stderr_sink(LogLevel level, LogFormat format) {
  return std::make_shared<StderrSink>(level, format);
}

std::shared_ptr<LogSink> make_null_sink() { return std::make_shared<NullSink>(); }

}  // namespace telltale::core
