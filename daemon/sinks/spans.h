// Stretches of time, [from, to) in ns since the epoch, in order and apart: what a sink owes. Bounded: when there are
// too many, the two that lie closest become one. A value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telltale::sinks {

struct Span {
  std::int64_t from = 0;
  std::int64_t to = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

class Spans {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr std::int64_t kJoin = 2'000'000'000;  // what is closer than that is one

  void add(Span span);
  void add(const Spans& other) {
    for (const Span& span : other.all_) add(span);
  }
  void remove(Span span);
  void clear() { all_.clear(); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] const std::vector<Span>& all() const { return all_; }
  [[nodiscard]] std::int64_t length() const;  // of all together
  friend bool operator==(const Spans&, const Spans&) = default;

 private:
  std::vector<Span> all_;
};

}  // namespace telltale::sinks
