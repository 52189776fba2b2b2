// A link without a wire, on a clock of its own: what is sent goes to a function of the test, which says what comes back
// and when.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugins/modbus/link/link.h"

namespace telltale::modbus::test {

using Bytes = std::vector<std::uint8_t>;

class FakeLink final : public Link {
 public:
  // Called with each frame that is sent; answers through arrive().
  std::function<void(const Bytes&)> on_send = [](const Bytes&) {};
  std::optional<std::string> refusal;  // what open() answers
  bool is_stopped = false;
  bool breaks = false;  // the next receive() is kBroken
  int opened = 0;

  // `bytes` come `delay` from now.
  void arrive(Bytes bytes, Time delay) { coming_.emplace(now_ + delay, std::move(bytes)); }
  void advance(Time by) { now_ += by; }

  std::optional<std::string> open() override {
    if (refusal) return refusal;
    ++opened;
    is_open_ = true;
    coming_.clear();
    return std::nullopt;
  }
  void close() noexcept override { is_open_ = false; }
  [[nodiscard]] bool is_open() const noexcept override { return is_open_; }
  Io send(std::span<const std::uint8_t> bytes) override {
    on_send({bytes.begin(), bytes.end()});
    return Io::kDone;
  }
  Io receive(std::span<std::uint8_t> into, std::size_t& got, Time until) override {
    got = 0;
    if (is_stopped) return Io::kStopped;
    if (std::exchange(breaks, false)) return Io::kBroken;
    if (coming_.empty() || (coming_.begin()->first > until && coming_.begin()->first > now_)) {
      now_ = std::max(now_, until);
      return Io::kTimeout;
    }
    now_ = std::max(now_, coming_.begin()->first);
    while (!coming_.empty() && coming_.begin()->first <= now_ && got < into.size()) {
      Bytes& next = coming_.begin()->second;
      const std::size_t size = std::min(next.size(), into.size() - got);
      std::copy_n(next.begin(), size, into.begin() + static_cast<std::ptrdiff_t>(got));
      got += size;
      next.erase(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(size));
      if (next.empty()) coming_.erase(coming_.begin());
    }
    return Io::kDone;
  }
  Io sleep(Time until) override {
    now_ = std::max(now_, until);
    return is_stopped ? Io::kStopped : Io::kTimeout;
  }
  [[nodiscard]] Time now() const override { return now_; }
  [[nodiscard]] std::string where() const override { return "the fake"; }

 private:
  std::multimap<Time, Bytes> coming_;
  Time now_{std::chrono::seconds(1'000)};
  bool is_open_ = false;
};

}  // namespace telltale::modbus::test
