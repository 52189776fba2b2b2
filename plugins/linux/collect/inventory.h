// Devices that come and go, by name, with the series of each.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/linux/collect/collector.h"

namespace telltale::linux_input {

// Bounded: containers make interfaces with new names for ever, and a series is never undeclared. Past kMaxNames names
// ever seen, further ones are left out and counted. `Thing` is what one device needs. Owned by one thread.
template <class Thing>
class Inventory {
 public:
  static constexpr std::size_t kMaxNames = 512;

  explicit Inventory(Host host) : host_(host) {}

  // The device of that name, made by `make()` the first time; nullptr when it is left out. Marks it present.
  template <class Make>
  [[nodiscard]] Thing* present(std::string_view name, Make&& make) {
    auto found = entries_.find(name);
    if (found == entries_.end()) {
      if (entries_.size() >= kMaxNames) {
        leave_out(name);
        return nullptr;
      }
      found = entries_.emplace(std::string(name), Entry{}).first;
      try {
        found->second.thing.emplace(make());
      } catch (const ConfigError&) {
        leave_out(name);
      }
    }
    found->second.present = true;
    return found->second.thing ? &*found->second.thing : nullptr;
  }

  // Calls `gone(thing)` once for each device that was present at the last call but not since.
  template <class Gone>
  void sweep(Gone&& gone) {
    for (auto& [name, entry] : entries_) {
      if (entry.was_present && !entry.present && entry.thing) gone(*entry.thing);
      entry.was_present = entry.present;
      entry.present = false;
    }
  }

 private:
  struct Entry {
    std::optional<Thing> thing;
    bool present = false;
    bool was_present = false;
  };

  void leave_out(std::string_view name) {
    host_.count(kLeftOut);
    if (!warned_) host_.warning("too many devices: '" + std::string(name) + "' and further ones are left out");
    warned_ = true;
  }

  Host host_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool warned_ = false;
};

}  // namespace telltale::linux_input
