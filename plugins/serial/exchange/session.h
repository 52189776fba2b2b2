// The line's life: found, opened, listened to or asked, lost, found again. Owned and run by the instance's thread.
#pragma once

#include <optional>
#include <string>

#include <telltale/cpp/stop.hpp>

#include "plugins/serial/exchange/poller.h"
#include "plugins/serial/exchange/reception.h"
#include "plugins/serial/link/line.h"
#include "plugins/serial/link/ports.h"

namespace telltale::serial {

// Counters beside Reception's: port.opened, port.lost, silence.found, poll.sent, poll.missed.
class Session {
 public:
  // `settings` must outlive it.
  Session(Host host, const Settings& settings, int stop_fd, std::string sysfs = "/sys");

  // Until stop_fd becomes readable.
  void run();

 private:
  enum class End : std::uint8_t { kStopped, kLost, kSilent };

  // True when the line is open; otherwise it has been said why.
  bool open();
  // Where the port is now; empty: nowhere, and `problem` says so.
  [[nodiscard]] std::string find(std::string& problem) const;
  void remember();
  [[nodiscard]] End converse();
  [[nodiscard]] std::optional<End> start();
  // Waits for bytes; nothing: none came, or some were taken.
  [[nodiscard]] std::optional<End> receive(Time until);
  [[nodiscard]] bool ask(Time now);
  void look_at_misses(Time now);
  [[nodiscard]] std::optional<End> look_at_silence(Time now);
  void say_health(Time now);
  void fail(const std::string& reason);

  Host host_;
  const Settings& settings_;
  int stop_fd_;
  std::string sysfs_;
  Reception reception_;
  Poller poller_;
  std::optional<Line> line_;
  std::string path_;                     // of the open line
  std::optional<UsbIdentity> identity_;  // of the adapter that was there before
  std::string failure_;                  // as it was said last
  bool is_well_ = false;
  // Of the open line.
  Time last_byte_{};
  Time last_good_{};
  Time next_look_{};  // whether the port is still there
  std::uint64_t good_ = 0;
  std::uint64_t bytes_at_good_ = 0;
};

}  // namespace telltale::serial
