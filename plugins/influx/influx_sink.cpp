#include "plugins/influx/influx_sink.h"

#include <string>
#include <string_view>

#include "plugins/influx/gzip.h"
#include "plugins/influx/lines.h"
#include "plugins/option_text/line.h"

namespace telltale::influx {

namespace {

// RFC 3986: what is not unreserved, as %XX.
std::string in_url(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string write_url(const Options& options) {
  std::string url = http::url_of(options);
  if (url.find('?') != std::string::npos) throw ConfigError("url: what follows a '?' is made of the other options");
  while (url.ends_with('/')) url.pop_back();
  const bool first = options.has("database");
  if (first == options.has("bucket")) throw ConfigError("give 'database' (InfluxDB 1) or 'bucket' (InfluxDB 2)");
  if (first && options.has("org")) throw ConfigError("'org' has no place beside 'database'");
  if (!first && options.has("retention")) throw ConfigError("'retention' has no place beside 'bucket'");
  if (first) {
    url += "/write?precision=ns&db=" + in_url(option_text::line_of(options, "database"));
    if (options.has("retention")) url += "&rp=" + in_url(option_text::line_of(options, "retention"));
    return url;
  }
  if (!options.has("org")) throw ConfigError("'bucket' needs 'org' beside it");
  return url + "/api/v2/write?precision=ns&org=" + in_url(option_text::line_of(options, "org")) +
         "&bucket=" + in_url(option_text::line_of(options, "bucket"));
}

http::PostSettings settings_of(const Options& options) {
  http::PostSettings settings;
  settings.url = write_url(options);
  settings.headers = {"Content-Type: text/plain; charset=utf-8"};
  if (options.flag("gzip")) settings.headers.emplace_back("Content-Encoding: gzip");
  http::take_connection(options, "Token", settings);
  return settings;
}

}  // namespace

InfluxSink::InfluxSink(Host host)
    : host_(host),
      poster_(std::make_unique<http::Poster>(settings_of(host.options()))),
      gzip_(host.options().flag("gzip")) {}

void InfluxSink::send(const OutgoingBatch& batch, int stop_fd) {
  patience_.check(host_.now());
  std::string body;
  std::uint64_t left_out = 0;
  for (const telltale_outgoing& reading : batch.readings()) {
    if (!append_line(body, reading)) ++left_out;
  }
  if (!body.empty()) {
    patience_.judge(poster_->post(gzip_ ? gzipped(body) : body, stop_fd), host_.now());
  }
  if (left_out > 0) host_.count("readings.without_value", left_out);
}

}  // namespace telltale::influx
