#include "daemon/cli/connection.h"

#include <filesystem>
#include <system_error>

namespace telltale::cli {

net::ClientTarget choose_target(const Arguments& arguments, const core::PathSurroundings& surroundings) {
  net::ClientTarget target;
  target.token = arguments.token;
  if (!arguments.run_directory.empty()) {
    target.socket = core::api_socket_path(arguments.run_directory);
    return target;
  }
  if (!arguments.url.empty()) {
    target.url = arguments.url;
    target.fingerprint = arguments.fingerprint;
    target.ca_file = arguments.ca_file;
    return target;
  }
  const auto candidates = core::run_directory_candidates(surroundings);
  target.socket = core::api_socket_path(candidates.front());
  for (const std::string& directory : candidates) {
    std::error_code failed;
    const std::string socket = core::api_socket_path(directory);
    if (std::filesystem::is_socket(socket, failed)) {
      target.socket = socket;
      break;
    }
  }
  return target;
}

core::Result<net::Client> connect(const Arguments& arguments) {
  return net::Client::make(choose_target(arguments, core::PathSurroundings::of_this_process()));
}

}  // namespace telltale::cli
