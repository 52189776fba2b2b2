// telltale welcome, avahi: how others find this device
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "daemon/cli/avahi.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/cli/qr.h"

namespace telltale::cli {

namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kBetween{200};

// Asked at a boot, when the daemon may still be on its way.
core::Result<std::string> patient_status(const Arguments& arguments) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    auto client = connect(arguments);
    if (!client) return client.error();
    auto body = client->get({.path = "/api/v1/status"});
    const bool absent = !body && body.error().code == core::ErrorCode::kUnavailable;
    if (!absent || std::chrono::steady_clock::now() >= give_up) return body;
    std::this_thread::sleep_for(kBetween);
  }
}

core::Result<boost::json::value> status_of(const Arguments& arguments) {
  const auto body = patient_status(arguments);
  if (!body) return body.error();
  return parse_json(*body);
}

std::string first_address(const boost::json::value& status) {
  const auto* addresses = member(status, "addresses");
  if (addresses == nullptr || array_of(*addresses).empty()) return {};
  return text_of(array_of(*addresses).front());
}

core::Result<void> replace(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    const int failure = errno;
    ::unlink(fresh.c_str());
    return core::errno_error(failure, "write", path);
  }
  return {};
}

}  // namespace

Outcome run_welcome(const Arguments& arguments, const Output& output) {
  const auto status = status_of(arguments);
  if (!status) return status.error();
  const std::string code = text_of(*status, "setup_code");
  const std::string address = first_address(*status);
  if (code.empty() || address.empty()) return kExitDone;  // it has its users already
  output.raw(qr_text(address, output.terminal() ? QrInk::kColours : QrInk::kLightOnDark));
  output.line("Telltale is at");
  if (const auto* addresses = member(*status, "addresses"); addresses != nullptr) {
    for (const auto& one : array_of(*addresses)) output.line("  " + text_of(one));
  }
  output.line("Open it and set it up with the code " + code);
  return kExitDone;
}

Outcome run_avahi(const Arguments& arguments, const Output& output) {
  const auto status = status_of(arguments);
  if (!status) return status.error();
  const std::string service = avahi_service(first_address(*status));
  if (arguments.path.empty()) {
    output.raw(service);
    return kExitDone;
  }
  if (!service.empty()) {
    if (auto written = replace(arguments.path, service); !written) return written.error();
  } else if (::unlink(arguments.path.c_str()) != 0 && errno != ENOENT) {
    return core::errno_error(errno, "remove", arguments.path);
  }
  return kExitDone;
}

}  // namespace telltale::cli
