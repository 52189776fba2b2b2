// unit.state{unit="ssh.service"} and units.failed, from systemd's manager.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "plugins/linux/codec/unit.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/transport/systemd_bus.h"

namespace telltale::linux_input {

// A thread of its own: a change is published when the manager tells of it, and everything once per `every`. A bus that
// is not there is said once, and looked for in silence. Runs from construction to destruction, which does not wait for
// the bus. Throws std::system_error when no thread can be had.
class UnitWatch {
 public:
  UnitWatch(Machine machine, const UnitSettings& settings);
  UnitWatch(const UnitWatch&) = delete;
  UnitWatch& operator=(const UnitWatch&) = delete;
  ~UnitWatch();

  static constexpr std::chrono::nanoseconds kRetry = std::chrono::seconds(10);
  static constexpr std::size_t kMaxUnits = 512;  // ever seen; further ones are left out and counted

 private:
  struct Unit {
    std::optional<Series> series;  // nothing: left out
    std::optional<double> state;   // nothing: unknown, and said so
    bool said_bad = false;
    bool seen = false;  // in the answers of this round
  };

  void run();
  // Until the bus is lost (the reason) or it shall stop (nothing).
  [[nodiscard]] std::optional<std::string> converse();
  [[nodiscard]] bool pause(std::chrono::nanoseconds time) const;
  void ask(SystemdBus& bus);
  void ask_for_rest(SystemdBus& bus);
  void take(const std::vector<UnitStatus>& units, bool by_name);
  void finish_round();
  void on_change(std::string_view name, std::string_view state);
  Unit* known(const UnitStatus& unit);
  void publish(Unit& unit, std::optional<std::int64_t> state);
  void publish_failed();
  void all_bad();
  void say_lost(const std::string& reason);

  // Constant after construction; the rest belongs to the thread.
  Machine machine_;
  UnitSettings settings_;
  UnitQuery query_;
  int stop_fd_;

  Batch batch_;
  std::map<std::string, Unit, std::less<>> units_;
  std::optional<Series> failed_;
  std::chrono::nanoseconds due_{};
  bool is_lost_ = false;     // and it was said
  bool is_refused_ = false;  // and would be again
  bool warned_ = false;      // that there are too many
  bool is_fresh_ = false;    // a unit that is not known changed: look soon
  std::thread thread_;
};

}  // namespace telltale::linux_input
