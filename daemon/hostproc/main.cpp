// telltale-plugin-host: the process of one isolated plugin instance, the one that looks into a plugin's file, and the
// one in which a plugin looks for devices.
// Started by the daemon and by `telltale`; by people only to see what a plugin says of itself.
#include <charconv>
#include <exception>
#include <iostream>
#include <optional>
#include <string_view>

#include "daemon/host/child_contract.h"
#include "daemon/hostproc/describe.h"
#include "daemon/hostproc/run_instance.h"
#include "daemon/hostproc/run_probe.h"

namespace {

constexpr int kUsage = 2;

std::optional<int> parse_pid(std::string_view text) {
  int pid = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (failed != std::errc() || end != text.data() + text.size() || pid < 1) return std::nullopt;
  return pid;
}

int run(int argc, char** argv) {
  const std::string_view flag = argc == 3 ? argv[1] : "";
  if (flag == telltale::host::kDescribeFlag) return telltale::hostproc::describe_plugin(argv[2]);
  if (flag == telltale::host::kRunFlag) {
    if (const auto pid = parse_pid(argv[2])) return telltale::hostproc::run_instance(*pid);
  }
  if (flag == telltale::host::kProbeFlag) {
    if (const auto pid = parse_pid(argv[2])) return telltale::hostproc::run_probe(*pid);
  }
  std::cerr << "usage: telltale-plugin-host --describe FILE.so\n"
               "Prints what a plugin says of itself, as JSON. The daemon starts this program for each input.\n";
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "telltale-plugin-host: " << error.what() << '\n';
    return 1;
  }
}
