#include "daemon/tools/export.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "daemon/core/units.h"

namespace telltale::tools {

namespace {

constexpr std::int64_t kFirstSpan = 600'000;           // ms
constexpr std::int64_t kMostSpan = 366LL * 86'400'000;  // ms
constexpr std::uint64_t kFewRows = 40'000;
constexpr std::uint64_t kManyRows = 200'000;
constexpr std::chrono::seconds kPatience{60};

struct Span {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::uint64_t series = 0;
};

core::Result<boost::json::value> ask(net::Client& daemon, net::ClientRequest request) {
  request.timeout = kPatience;
  auto body = daemon.get(request);
  if (!body) return body.error();
  boost::system::error_code failed;
  auto value = boost::json::parse(*body, failed);
  if (failed) return core::make_error(core::ErrorCode::kIo, "the daemon's answer is no JSON");
  return value;
}

std::optional<std::int64_t> integer(const boost::json::value& object, const char* name) {
  const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->to_number<std::int64_t>();
}

// Of all series that match, whatever has readings.
core::Result<Span> span_of(net::Client& daemon, const ExportOrder& order) {
  Span span;
  for (const std::string& selector : order.selectors) {
    auto list = ask(daemon, {.path = "/api/v1/series", .query = {{"match", selector}}});
    if (!list) return list.error();
    if (!list->is_array()) continue;
    for (const auto& item : list->get_array()) {
      ++span.series;
      if (const auto first = integer(item, "first")) span.first = std::min(span.first, *first);
      if (const auto last = integer(item, "last")) span.last = std::max(span.last, *last);
    }
  }
  if (span.series == 0) {
    return core::make_error(core::ErrorCode::kNotFound,
                            "no series matches '" + order.selectors.front() + "': `telltale series` lists them");
  }
  return span;
}

core::Result<void> limit(Span& span, const ExportOrder& order) {
  std::int64_t end = span.last < span.first ? span.first : span.last + 1;
  if (!order.from.empty()) {
    const auto from = core::parse_time(order.from, order.now);
    if (!from) return from.error();
    span.first = std::max(span.first, core::to_ms(*from));
  }
  if (!order.to.empty()) {
    const auto to = core::parse_time(order.to, order.now);
    if (!to) return to.error();
    end = std::min(end, core::to_ms(*to));
  }
  span.last = end;  // not included, from here on
  return {};
}

std::uint64_t damaged_now(net::Client& daemon) {
  const auto storage = ask(daemon, {.path = "/api/v1/storage"});
  if (!storage) return 0;
  return static_cast<std::uint64_t>(integer(*storage, "damaged").value_or(0));
}

class Export {
 public:
  Export(net::Client& daemon, const ExportOrder& order) : daemon_(daemon), order_(order) {}

  core::Result<ExportReport> run() {
    auto span = span_of(daemon_, order_);
    if (!span) return span.error();
    report_.series = span->series;
    if (auto limited = limit(*span, order_); !limited) return limited.error();
    const std::uint64_t damaged = damaged_now(daemon_);
    std::int64_t step = kFirstSpan;
    for (std::int64_t at = span->first; at < span->last;) {
      const std::int64_t end = span->last - at < step ? span->last : at + step;
      auto rows = take(at, end);
      if (!rows && rows.error().code == core::ErrorCode::kLimit && end - at > 1 && !begun_) {
        step = std::max<std::int64_t>(1, (end - at) / 8);
        continue;
      }
      if (!rows) return rows.error();
      if (stopped_) break;
      at = end;
      step = next_span_ms(step, *rows);
      if (order_.progress) {
        const auto share = static_cast<double>(at - span->first) / static_cast<double>(span->last - span->first);
        order_.progress(share, report_.rows);
      }
    }
    report_.damaged = damaged_now(daemon_) - damaged;
    return report_;
  }

 private:
  net::ClientRequest request(std::int64_t from, std::int64_t to) const {
    net::ClientRequest request;
    request.path = "/api/v1/query";
    request.timeout = kPatience;
    for (const std::string& selector : order_.selectors) request.query.emplace_back("series", selector);
    request.query.emplace_back("from", std::to_string(from));
    request.query.emplace_back("to", std::to_string(to));
    request.query.emplace_back("stat", "raw");
    request.query.emplace_back("format", order_.format);
    request.query.emplace_back("time", order_.time);
    return request;
  }

  core::Result<std::uint64_t> take(std::int64_t from, std::int64_t to) {
    ++report_.requests;
    begun_ = false;
    std::uint64_t rows = 0;
    bool header = order_.format == "csv";
    const auto done = daemon_.download(request(from, to), [&](std::string_view text) {
      begun_ = true;
      rows += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      if (header) {
        const auto end = text.find('\n');
        if (wrote_header_) text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        header = end == std::string_view::npos;
        if (!header) --rows;
      }
      if (!text.empty() && !order_.sink(text)) stopped_ = true;
      return !stopped_;
    });
    if (!done) return done.error();
    if (order_.format == "csv") wrote_header_ = true;
    report_.rows += rows;
    return rows;
  }

  net::Client& daemon_;
  const ExportOrder& order_;
  ExportReport report_;
  bool begun_ = false;         // of the last request, something was handed on
  bool wrote_header_ = false;  // of CSV
  bool stopped_ = false;
};

}  // namespace

std::int64_t next_span_ms(std::int64_t span_ms, std::uint64_t rows) {
  if (rows < kFewRows / 10) return std::min(kMostSpan, span_ms * 4);
  if (rows < kFewRows) return std::min(kMostSpan, span_ms * 2);
  if (rows > kManyRows) return std::max<std::int64_t>(1, span_ms / 2);
  return span_ms;
}

core::Result<ExportReport> export_history(net::Client& daemon, const ExportOrder& order) {
  return Export(daemon, order).run();
}

}  // namespace telltale::tools
