#include "plugins/prometheus/prometheus_sink.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/option_text/line.h"

namespace telltale::prometheus {

namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestHeader = 8'192;

// RFC 9110, section 5.6.2: a token.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

Gatherer::Settings names_of(const Options& options) {
  Gatherer::Settings settings;
  settings.names = options.text("names") == "label" ? Names::kLabel : Names::kMetric;
  settings.prefix = option_text::line_of(options, "prefix", kLongestName);
  settings.stale = options.flag("stale");
  return settings;
}

http::PostSettings connection_of(const Options& options) {
  http::PostSettings settings;
  settings.url = http::url_of(options);
  settings.headers = {"Content-Type: application/x-protobuf", "Content-Encoding: snappy",
                      "X-Prometheus-Remote-Write-Version: 0.1.0"};
  for (const Options header : options.items("headers")) {
    const std::string name = option_text::checked_line("headers.name", header.text("name"), kLongestName);
    if (!is_header_name(name)) throw ConfigError("headers: '" + name + "' is no name of a header");
    const std::string value = option_text::checked_line("headers.value", header.text("value"), kLongestHeader);
    if (value.empty()) throw ConfigError("headers: '" + name + "' says nothing");
    settings.headers.push_back(name + ": " + value);
  }
  http::take_connection(options, "Bearer", settings);
  return settings;
}

}  // namespace

PrometheusSink::PrometheusSink(Host host)
    : host_(host),
      gatherer_(names_of(host.options())),
      poster_(std::make_unique<http::Poster>(connection_of(host.options()))) {}

void PrometheusSink::send(const OutgoingBatch& batch, int stop_fd) {
  patience_.check(host_.now());
  const Request request = gatherer_.gather(batch.readings());
  if (request.name_clash) host_.error(*request.name_clash);
  if (!request.points.empty()) {
    patience_.judge(poster_->post(compressed(encode(request)), stop_fd), host_.now());
  }
  // Counted once the batch is there: one that is not taken comes again.
  const std::pair<std::string_view, std::uint64_t> counts[] = {{"readings.without_value", request.without_value},
                                                               {"readings.same_millisecond", request.same_millisecond},
                                                               {"readings.same_name", request.same_name}};
  for (const auto& [name, amount] : counts) {
    if (amount > 0) host_.count(name, amount);
  }
}

}  // namespace telltale::prometheus
