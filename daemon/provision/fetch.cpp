#include "daemon/provision/fetch.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/run_program.h"
#include "daemon/core/utf8.h"
#include "daemon/provision/document.h"

namespace telltale::provision {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostHead = 4096;

core::Error failed(const Place& place, std::string_view why) {
  return core::make_error(core::ErrorCode::kUnavailable, std::string(core::cut_utf8(core::escape_line(why), 200)),
                          place.shown);
}

std::string job_for(const Settings& settings, const Place& place, const std::string& etag) {
  return json::serialize(json::object{{"way", settings.over_mqtt() ? "mqtt-get" : "http-get"},
                                      {"url", place.url},
                                      {"topic", place.topic},
                                      {"user", settings.user},
                                      {"password", settings.password},
                                      {"ca", settings.ca},
                                      {"etag", etag},
                                      {"most", kMostDocument},
                                      {"time", kPatience.count()}});
}

core::Result<Fetched> read_answer(const Place& place, std::string& output) {
  const auto end = output.find('\n');
  boost::system::error_code failure;
  const json::value head = json::parse(std::string_view(output).substr(0, std::min(end, output.size())), failure);
  const json::object* const object = failure ? nullptr : head.if_object();
  const json::value* const status = object == nullptr ? nullptr : object->if_contains("status");
  const json::value* const etag = object == nullptr ? nullptr : object->if_contains("etag");
  if (end == std::string::npos || status == nullptr || !status->is_int64() || etag == nullptr || !etag->is_string()) {
    return core::make_error(core::ErrorCode::kInternal, "telltale-messenger gave no answer that is one");
  }
  Fetched fetched;
  fetched.etag = json::value_to<std::string>(*etag);
  switch (status->get_int64()) {
    case 200:
      fetched.what = Fetched::What::kDocument;
      output.erase(0, end + 1);
      fetched.text = std::move(output);
      return fetched;
    case 304:
      fetched.what = Fetched::What::kSame;
      return fetched;
    case 404:
    case 410:
      fetched.what = Fetched::What::kNone;
      return fetched;
    case 401:
    case 403:
      return failed(place, fmt::format("the server does not let this device in (status {})", status->get_int64()));
    default:
      return failed(place, fmt::format("the server answers with status {}", status->get_int64()));
  }
}

}  // namespace

core::Result<Fetched> fetch(const Settings& settings, const Place& place, const std::string& etag,
                            const std::string& messenger) {
  core::ProgramRun run;
  run.command = {messenger};
  run.input = job_for(settings, place, etag);
  run.most_output = kMostDocument + kMostHead;
  run.time = kPatience + std::chrono::seconds(5);  // it has a limit of its own, and can say why
  auto ended = core::run_program(run);
  if (!ended) return ended.error();
  if (ended->well()) return read_answer(place, ended->output);
  std::string said = ended->late ? std::string("no answer in time") : ended->output;
  said.erase(std::min(said.find('\n'), said.size()));
  return failed(place, said.empty() ? "telltale-messenger " + ended->text() : said);
}

}  // namespace telltale::provision
