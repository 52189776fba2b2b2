#include "plugins/prometheus/prometheus_sink.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace telltale::prometheus {

namespace {

Gatherer::Settings names_of(const Options& options) {
  Gatherer::Settings settings;
  settings.names = options.text("names") == "label" ? Names::kLabel : Names::kMetric;
  settings.prefix = options.text("prefix");
  settings.stale = options.flag("stale");
  return settings;
}

http::PostSettings connection_of(const Options& options) {
  http::PostSettings settings;
  settings.url = http::checked_url(options.text("url"));
  settings.headers = {"Content-Type: application/x-protobuf", "Content-Encoding: snappy",
                      "X-Prometheus-Remote-Write-Version: 0.1.0"};
  if (options.has("token") && options.has("user")) throw ConfigError("give 'token' or 'user', not both");
  if (options.has("token")) settings.headers.push_back("Authorization: Bearer " + std::string(options.text("token")));
  for (const Options header : options.items("headers")) {
    const std::string_view name = header.text("name");
    if (name.empty() || name.find_first_of(": \t") != std::string_view::npos) {
      throw ConfigError("headers: '" + std::string(name) + "' is no name of a header");
    }
    settings.headers.push_back(std::string(name) + ": " + std::string(header.text("value")));
  }
  settings.user = options.text("user");
  settings.password = options.text("password");
  settings.timeout = options.duration("timeout");
  http::take_tls(options.at("tls"), settings);
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
