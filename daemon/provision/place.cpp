#include "daemon/provision/place.h"

#include <cerrno>
#include <cstdio>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/config/load.h"
#include "daemon/config/read_file.h"
#include "daemon/core/replace_file.h"
#include "daemon/provision/document.h"
#include "daemon/provision/state.h"

namespace telltale::provision {

namespace {

using core::ErrorCode;
using core::make_error;
using std::chrono::steady_clock;

constexpr mode_t kMode = 0640;
constexpr std::chrono::seconds kAnswer{60};  // plugins have to be described
constexpr std::chrono::milliseconds kPause{200};

// Errors of the daemon's answer to a configuration that it looked at: 422.
bool has_errors(const core::Error& error) { return error.code == ErrorCode::kLimit; }

core::Error refused(core::Error error) {
  error.code = ErrorCode::kInvalid;
  error.context.clear();
  return error;
}

bool flag_in(const std::string& answer, const char* name) {
  boost::system::error_code failure;
  const boost::json::value document = boost::json::parse(answer, failure);
  const boost::json::object* const object = failure ? nullptr : document.if_object();
  const boost::json::value* const flag = object == nullptr ? nullptr : object->if_contains(name);
  return flag != nullptr && flag->is_bool() && flag->get_bool();
}

net::ClientRequest request_of(const std::string& text) {
  net::ClientRequest request;
  request.path = "/api/v1/config";
  request.body = text;
  request.content_type = "application/yaml";
  request.timeout = kAnswer;
  return request;
}

}  // namespace

core::Result<std::string> DaemonPlace::present() { return client_.get({.path = "/api/v1/config"}); }

core::Result<void> DaemonPlace::check(const std::string& text) {
  net::ClientRequest request = request_of(text);
  request.query.emplace_back("check", "true");
  const auto answer = client_.send("PUT", request);
  if (answer) return {};
  return has_errors(answer.error()) ? refused(answer.error()) : answer.error();
}

core::Result<Taken> DaemonPlace::put(const std::string& text, const std::string& in_place_of) {
  net::ClientRequest request = request_of(text);
  // Who edits it on the page just now is not overwritten.
  request.headers.emplace_back("If-Match", '"' + core::version_of(in_place_of) + '"');
  const auto answer = client_.send("PUT", request);
  if (!answer) return answer.error();
  return Taken{flag_in(*answer, "restart_needed"), false};
}

core::Result<Taken> DaemonPlace::take(const std::string& text) {
  const auto former = present();
  if (!former) return former.error();
  auto taken = put(text, *former);
  if (taken) return taken;
  switch (taken.error().code) {
    case ErrorCode::kLimit:
      return refused(taken.error());
    case ErrorCode::kIo:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
      return settle(text, *former, taken.error());
    default:
      return taken.error();
  }
}

core::Result<Taken> DaemonPlace::settle(const std::string& text, const std::string& former, const core::Error& error) {
  const auto deadline = steady_clock::now() + patience_;
  for (;;) {
    const auto now = present();
    if (now && *now == former) return error;                                          // as if nothing had been
    if (now && *now == text && error.code != ErrorCode::kIo) return put(text, text);  // what was answered was lost
    if (now || steady_clock::now() > deadline) return put_back(text, former, error);
    std::this_thread::sleep_for(kPause);
  }
}

core::Result<Taken> DaemonPlace::put_back(const std::string& text, const std::string& former,
                                          const core::Error& error) {
  if (!put(former, text)) {
    const auto there = config::read_file(file_, kMostDocument);
    if (there && *there == former) return error;
    auto replaced = core::replace_keeping(file_, former);
    if (!replaced) {
      return make_error(ErrorCode::kInternal,
                        fmt::format("the daemon does not go on with it ({}), and the former cannot be put back: {}",
                                    error.message, replaced.error().text()));
    }
  }
  return make_error(ErrorCode::kInternal, fmt::format("the daemon does not go on with it ({}): the former is in its "
                                                      "place again",
                                                      error.message));
}

core::Result<std::string> FilePlace::present() { return config::read_file(file_, kMostDocument); }

core::Result<void> FilePlace::check(const std::string& text) {
  const config::Outcome outcome = config::load({file_, text}, config::SecretSources::of_process(file_), plugins_);
  if (outcome.config) return {};
  std::string first;
  std::size_t errors = 0;
  for (const core::Diagnostic& item : outcome.diagnostics.items()) {
    if (item.severity != core::Diagnostic::Severity::kError || ++errors > 1) continue;
    first = fmt::format("line {}, column {}: {}", item.mark.line, item.mark.column, item.message);
  }
  if (errors > 1) first += fmt::format("; and {} more", errors - 1);
  return make_error(ErrorCode::kInvalid, "the configuration has errors; nothing was changed: " + first);
}

core::Result<Taken> FilePlace::take(const std::string& text) {
  if (auto checked = check(text); !checked) return checked.error();
  const auto former = present();
  const Taken taken{true, true};
  if (former && *former == text) return taken;
  if (former) {
    auto kept = core::replace_keeping(file_, text);
    if (!kept) return kept.error();
    return taken;
  }
  if (former.error().code != ErrorCode::kNotFound) return former.error();
  const std::string fresh = file_ + ".new";
  if (auto written = core::write_new(fresh, text, kMode); !written) return written.error();
  if (auto given = give_to_owner_of_directory(fresh); !given) return given.error();
  if (std::rename(fresh.c_str(), file_.c_str()) != 0) return core::errno_error(errno, "make", file_);
  core::sync_directory_of(file_);
  return taken;
}

}  // namespace telltale::provision
