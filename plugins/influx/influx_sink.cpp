#include "plugins/influx/influx_sink.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "plugins/influx/lines.h"

namespace telltale::influx {

namespace {

using std::chrono::seconds;

constexpr seconds kLongestQuiet(60);  // when the server does not say how long
constexpr seconds kLongestRetryAfter(3600);

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
  std::string url(options.text("url"));
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    throw ConfigError("'url' begins with http:// or https://");
  }
  while (url.ends_with('/')) url.pop_back();
  const bool first = options.has("database");
  if (first == options.has("bucket")) throw ConfigError("give 'database' (InfluxDB 1) or 'bucket' (InfluxDB 2)");
  if (first) {
    url += "/write?precision=ns&db=" + in_url(options.text("database"));
    if (options.has("retention")) url += "&rp=" + in_url(options.text("retention"));
    return url;
  }
  if (!options.has("org")) throw ConfigError("'bucket' needs 'org' beside it");
  return url + "/api/v2/write?precision=ns&org=" + in_url(options.text("org")) +
         "&bucket=" + in_url(options.text("bucket"));
}

PostSettings settings_of(const Options& options) {
  PostSettings settings;
  settings.url = write_url(options);
  settings.user = options.text("user");
  settings.password = options.text("password");
  settings.token = options.text("token");
  if (settings.token.find_first_of("\r\n") != std::string::npos) throw ConfigError("'token' is one line");
  settings.gzip = options.flag("gzip");
  settings.timeout = options.duration("timeout");
  const Options tls = options.at("tls");
  settings.ca = tls.text("ca");
  settings.verify = tls.flag("verify");
  return settings;
}

// Not the batch's fault: who may write, where to, and whether there is room, is mended at the server or in the options.
bool is_of_the_batch(long status) {
  static constexpr std::array<long, 6> kOfTheServer{401, 403, 404, 407, 408, 429};
  return status >= 400 && status < 500 &&
         std::find(kOfTheServer.begin(), kOfTheServer.end(), status) == kOfTheServer.end();
}

std::string reason_of(const Answer& answer) {
  std::string reason = "the server answers " + std::to_string(answer.status);
  std::string_view body = answer.body;
  while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.remove_suffix(1);
  if (!body.empty()) reason.append(": ").append(body);
  return reason;
}

}  // namespace

InfluxSink::InfluxSink(Host host) : host_(host), poster_(std::make_unique<Poster>(settings_of(host.options()))) {}

void InfluxSink::hold_back(seconds asked, long status) {
  if (asked > seconds(0)) {
    quiet_for_ = {};
    quiet_until_ = host_.now() + std::min(asked, kLongestRetryAfter);
    return;
  }
  if (status != 429 && status < 500) return;
  quiet_for_ = std::clamp(2 * quiet_for_, seconds(1), kLongestQuiet);
  quiet_until_ = host_.now() + quiet_for_;
}

void InfluxSink::send(const OutgoingBatch& batch, int stop_fd) {
  if (host_.now() < quiet_until_) throw IoError("the server asked to be left alone for a while");
  std::string body;
  std::uint64_t left_out = 0;
  for (const telltale_outgoing& reading : batch.readings()) {
    if (!append_line(body, reading)) ++left_out;
  }
  if (!body.empty()) {
    const Answer answer = poster_->post(body, stop_fd);
    if (answer.status < 200 || answer.status > 299) {
      hold_back(answer.retry_after, answer.status);
      if (is_of_the_batch(answer.status)) throw InvalidError(reason_of(answer));
      throw IoError(reason_of(answer));
    }
  }
  quiet_for_ = {};
  if (left_out > 0) host_.count("readings.without_value", left_out);
}

}  // namespace telltale::influx
