#include "plugins/prometheus/prometheus_sink.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace telltale::prometheus {

namespace {

constexpr int kMostRequests = 64;  // before a refused message is not cut any more
constexpr std::chrono::seconds kLongest(10);

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

PrometheusSink::Refused PrometheusSink::write(const Request& request, int stop_fd) {
  Refused refused;
  const auto until = host_.now() + kLongest;
  std::vector<std::span<const Point>> parts{request.points};
  for (int requests = 1; !parts.empty(); ++requests) {
    const std::span<const Point> part = parts.back();
    parts.pop_back();
    try {
      patience_.judge(poster_->post(compressed(encode(request, part)), stop_fd), host_.now());
    } catch (const InvalidError& error) {
      const std::size_t half = part.size() / 2;
      if (half > 0 && requests < kMostRequests && host_.now() < until) {
        parts.push_back(part.subspan(half));
        parts.push_back(part.first(half));
        continue;
      }
      refused.samples += part.size();
      if (refused.reason.empty()) refused.reason = error.what();
    }
  }
  return refused;
}

void PrometheusSink::send(const OutgoingBatch& batch, int stop_fd) {
  patience_.check(host_.now());
  const Request request = gatherer_.gather(batch.readings());
  if (request.name_clash) host_.error(*request.name_clash);
  const Refused refused = request.points.empty() ? Refused() : write(request, stop_fd);
  // Counted once they are gone for good: a batch that is not taken now comes again.
  const std::pair<std::string_view, std::uint64_t> counts[] = {{"readings.without_value", request.without_value},
                                                               {"readings.same_millisecond", request.same_millisecond},
                                                               {"readings.same_name", request.same_name},
                                                               {"readings.refused", refused.samples}};
  for (const auto& [name, amount] : counts) {
    if (amount > 0) host_.count(name, amount);
  }
  if (refused.samples == 0) return;
  if (refused.samples == request.points.size()) throw InvalidError(refused.reason);
  throw InvalidError(std::to_string(refused.samples) + " of " + std::to_string(request.points.size()) +
                     " are refused, the others are taken: " + refused.reason);
}

}  // namespace telltale::prometheus
