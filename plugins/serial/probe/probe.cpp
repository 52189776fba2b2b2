#include "plugins/serial/probe/probe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <libserialport.h>
#include <poll.h>

#include "plugins/serial/link/line.h"
#include "plugins/serial/link/ports.h"
#include "plugins/serial/probe/guess.h"
#include "plugins/serial/settings.h"

namespace telltale::serial {
namespace {

constexpr std::size_t kEnoughBytes = 2'000;
constexpr unsigned kSure = 80;

std::vector<int> bauds_of(std::string_view text) {
  std::vector<int> bauds;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    int baud = 0;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), baud);
    if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size() || baud < 50 || baud > 4'000'000) {
      throw ConfigError("bauds: '" + std::string(word) + "' is no speed of a line");
    }
    bauds.push_back(baud);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  if (bauds.empty()) throw ConfigError("bauds: none is given");
  return bauds;
}

// Ports of which libserialport knows and sysfs does not, such as those on Bluetooth.
void add_others(std::vector<PortInfo>& ports) {
  sp_port** list = nullptr;
  if (sp_list_ports(&list) != SP_OK) return;
  for (std::size_t i = 0; list[i] != nullptr; ++i) {
    const std::string name = std::filesystem::path(sp_get_port_name(list[i])).filename().string();
    const bool is_known = std::any_of(ports.begin(), ports.end(), [&](const PortInfo& port) { return port.name == name; });
    if (is_known) continue;
    PortInfo port;
    port.name = name;
    if (const char* text = sp_get_port_description(list[i]); text != nullptr) port.description = text;
    ports.push_back(std::move(port));
  }
  sp_free_port_list(list);
}

class Probe {
 public:
  Probe(Host host, Report report, int stop_fd)
      : host_(host),
        report_(report),
        stop_fd_(stop_fd),
        bauds_(bauds_of(host.options().text("bauds"))),
        patience_(host.options().duration("listen")) {}

  void run() {
    std::vector<PortInfo> ports = ports_to_try();
    total_ = static_cast<std::uint32_t>(ports.size() * (patience_ == Time{} ? 1 : bauds_.size()));
    for (const PortInfo& port : ports) {
      try_port(port);
      if (is_stopped_) return;
    }
  }

 private:
  [[nodiscard]] std::vector<PortInfo> ports_to_try() {
    if (!host_.options().has("port")) {
      std::vector<PortInfo> ports = list_ports("/sys");
      add_others(ports);
      return ports;
    }
    only_ = host_.options().text("port");
    std::error_code error;
    const std::string name = std::filesystem::canonical(only_, error).filename().string();
    if (error) throw IoError(only_ + " is not there");
    PortInfo port = port_info("/sys", name).value_or(PortInfo{});
    port.name = name;
    return {port};
  }

  [[nodiscard]] std::string path_of(const PortInfo& port) const {
    if (!only_.empty()) return only_;
    const std::string stable = "/dev/serial/by-id/" + by_id_name(port);
    std::error_code error;
    const bool leads_there = std::filesystem::canonical(stable, error).filename() == port.name;
    return !error && leads_there ? stable : "/dev/" + port.name;
  }

  static std::string known_of(const PortInfo& port) {
    std::string text;
    const auto add = [&text](std::string_view name, const std::string& value) {
      if (!value.empty()) text.append(name).append(": ").append(value).append("\n");
    };
    add("maker", port.maker);
    add("device", port.description);
    if (port.is_usb()) add("usb", port.vendor + ":" + port.product);
    add("serial number", port.serial);
    add("interface", port.interface);
    add("place", port.place);
    add("driver", port.driver);
    return text;
  }

  void try_port(const PortInfo& port) {
    const std::string path = path_of(port);
    const std::string called = port.description.empty() ? "" : ": " + port.description;
    std::string detail = known_of(port);
    if (patience_ == Time{}) {
      report_.progress(++done_, total_, path);
      report_.found({port.name + called, detail, "port: " + path + "\n", port.is_usb() ? 60U : 30U});
      return;
    }
    Guess best;
    int best_baud = 0;
    std::string heard = "nothing came";
    for (std::size_t i = 0; i < bauds_.size() && !is_stopped_; ++i) {
      report_.progress(++done_, total_, path + " at " + std::to_string(bauds_[i]) + " baud");
      std::string problem;
      const std::string bytes = listen(path, bauds_[i], problem);
      if (!problem.empty()) heard = problem;
      if (bytes.empty()) {  // a quiet line is quiet at every speed
        done_ += static_cast<std::uint32_t>(bauds_.size() - i - 1);
        break;
      }
      const Guess made = guess(bytes);
      if (best_baud == 0 || made.confidence > best.confidence) {
        best = made;
        best_baud = bauds_[i];
      }
      if (best.confidence >= kSure) {
        done_ += static_cast<std::uint32_t>(bauds_.size() - i - 1);
        break;
      }
    }
    say(port, path, detail, best, best_baud, heard);
  }

  void say(const PortInfo& port, const std::string& path, std::string detail, const Guess& best, int baud,
           const std::string& heard) {
    const std::string called = port.description.empty() ? "" : ": " + port.description;
    if (baud == 0) {
      detail += heard + "\n";
      report_.found({port.name + called, detail, "port: " + path + "\n", port.is_usb() ? 60U : 30U});
      return;
    }
    std::string options = "port: " + path + "\nbaud: " + std::to_string(baud) + "\n";
    detail += "at " + std::to_string(baud) + " baud: \"" + best.sample + "\"\n";
    if (best.payload.empty()) {
      detail += "no speed gave lines of text: it may speak binary, or another parity\n";
    } else {
      options += "frame: line\npayload: " + best.payload + "\n";
      detail += "lines end with " + best.end + "\n";
    }
    report_.found({port.name + " speaks at " + std::to_string(baud) + " baud" + called, detail, options, best.confidence});
  }

  // What comes at that speed.
  std::string listen(const std::string& path, int baud, std::string& problem) {
    LineSettings settings;
    settings.baud = baud;
    const Line::Opened opened = Line::open(path, settings);
    if (!opened.line) {
      problem = opened.problem;
      return {};
    }
    std::string bytes;
    const Time end = host_.now() + patience_;
    for (Time now = host_.now(); now < end && bytes.size() < kEnoughBytes; now = host_.now()) {
      std::array<pollfd, 2> waits{{{stop_fd_, POLLIN, 0}, {opened.line->fd(), POLLIN, 0}}};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
      if (::poll(waits.data(), waits.size(), static_cast<int>(left.count())) < 0) continue;
      if (waits[0].revents != 0) {
        is_stopped_ = true;
        return {};
      }
      if (waits[1].revents == 0) continue;
      std::array<char, 1'024> room{};
      const auto size = opened.line->read(room);
      if (!size) {
        problem = path + " is gone";
        break;
      }
      bytes.append(room.data(), *size);
    }
    return bytes;
  }

  Host host_;
  Report report_;
  int stop_fd_;
  std::vector<int> bauds_;
  Time patience_;
  std::string only_;
  std::uint32_t done_ = 0;
  std::uint32_t total_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

void run_probe(Host host, Report report, int stop_fd) { Probe(host, report, stop_fd).run(); }

}  // namespace telltale::serial
