// telltaled: the daemon.
#include <cstdio>
#include <exception>
#include <variant>

#include "daemon/app/daemon.h"

int main(int argc, char** argv) {
  try {
    const auto parsed = telltale::app::parse_options(argc, argv);
    if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
    return telltale::app::run_daemon(std::get<telltale::app::Options>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "<3>telltaled: %s\n", error.what());
    return telltale::app::kExitFailed;
  }
}
