// How many series the messages of an input may make: one budget for all that make some.
#pragma once

#include <cstddef>

#include <telltale/cpp/host.hpp>

namespace telltale::payload {

// One thread at a time.
class SeriesBudget {
 public:
  SeriesBudget(Host host, std::size_t most) : host_(host), most_(most) {}

  // False when it is used up: counted as series.over_limit, and said once in the log.
  [[nodiscard]] bool has_room();
  // One was made.
  void take() noexcept { ++used_; }

 private:
  Host host_;
  std::size_t most_;
  std::size_t used_ = 0;
  bool is_said_ = false;
};

}  // namespace telltale::payload
