// Slows guessing down: after a few wrong tries an address, or a user name, has to wait, twice as long each time.
// Guarded by its owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "daemon/core/clock.h"

namespace telltale::auth {

class Throttle {
 public:
  // How long until `key` may try; zero: now.
  [[nodiscard]] std::chrono::seconds wait_of(const std::string& key, core::BootTime now) const;
  void failed(const std::string& key, core::BootTime now);
  void succeeded(const std::string& key) { keys_.erase(key); }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Record {
    unsigned failures = 0;
    core::BootTime last{};
    core::BootTime until{};
  };
  std::map<std::string, Record> keys_;
};

}  // namespace telltale::auth
