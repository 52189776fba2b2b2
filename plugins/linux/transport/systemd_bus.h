// The manager of systemd over the system's message bus: lists units, and tells when one changes. Only user of sd-bus.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/linux/codec/unit.h"

struct sd_bus;
struct sd_bus_message;
struct sd_bus_slot;

namespace telltale::linux_input {

// Owned and called by one thread. Nothing here waits: answers come out of process(), in the order in which the manager
// gave them, so that what was said before an answer is never taken for newer.
class SystemdBus {
 public:
  using Answer = std::function<void(const std::vector<UnitStatus>& units)>;
  // `state` is ActiveState's word.
  using Changed = std::function<void(std::string_view unit, std::string_view state)>;

  // `socket`: path of the bus. Throws std::system_error when it cannot be reached.
  SystemdBus(const std::string& socket, Changed changed);
  SystemdBus(const SystemdBus&) = delete;
  SystemdBus& operator=(const SystemdBus&) = delete;
  ~SystemdBus();

  // The loaded units whose name fits one of the patterns. One question at a time: false while an answer is awaited.
  bool ask_matching(const std::vector<std::string>& patterns, Answer answer);
  // These units, loaded or not.
  bool ask_named(const std::vector<std::string>& names, Answer answer);
  [[nodiscard]] bool is_asking() const noexcept { return answer_ != nullptr; }

  // Handles what has come. Throws std::system_error when the bus is gone, std::runtime_error when the manager is.
  void process();
  // Waits until something comes, `stop_fd` is readable (then false) or the time has passed.
  [[nodiscard]] bool wait(int stop_fd, std::chrono::nanoseconds most) const;

 private:
  struct Close {
    void operator()(sd_bus* bus) const noexcept;
  };

  bool ask(const char* method, const std::vector<std::string>& first, const std::vector<std::string>* second,
           Answer answer);
  void on_answer(sd_bus_message* message);
  void on_change(sd_bus_message* message) const;
  // What sd-bus calls: nothing may be thrown through it.
  template <void (SystemdBus::*handle)(sd_bus_message*)>
  static int call(sd_bus_message* message, void* self, void* error) noexcept;
  void handle_change(sd_bus_message* message) { on_change(message); }

  Changed changed_;
  std::unique_ptr<sd_bus, Close> bus_;
  Answer answer_;
  std::string failure_;  // of the manager, in its words
};

}  // namespace telltale::linux_input
