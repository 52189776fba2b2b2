// The fewest reads that cover a set of spans of one table of one unit, and what the unit teaches about it: pure, no
// I/O, no clock.
//
// A unit may refuse a merged read because a register in a gap, or a configured one, does not exist, or because it gives
// fewer registers at once. Then the read is halved, the halves are tried, and what was learnt is kept: a span that is
// refused alone is a hole, two spans that are only taken apart have a fence between them. When all is known, the plan
// is made again from holes and fences alone, so that the halving leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace telltale::modbus {

struct Span {
  std::uint16_t address = 0;
  std::uint16_t count = 1;
  [[nodiscard]] std::uint32_t end() const noexcept { return std::uint32_t{address} + count; }
  friend bool operator==(const Span&, const Span&) = default;
  friend bool operator<(const Span& a, const Span& b) noexcept {
    return a.address != b.address ? a.address < b.address : a.count < b.count;
  }
};

struct ReadLimits {
  std::uint16_t max_count = 125;  // registers or bits of one read
  std::uint16_t max_gap = 8;      // of them that nobody asked for, between two that are wanted
};

class ReadPlan {
 public:
  struct Read {
    Span range;
    std::size_t first = 0;  // of spans(): those it covers, [first, last)
    std::size_t last = 0;
    bool is_hole = false;  // one span, which the unit refused: asked for rarely
    friend bool operator==(const Read&, const Read&) = default;
  };

  // Spans longer than max_count are cut into pieces of at most that.
  ReadPlan(const std::vector<Span>& spans, ReadLimits limits);

  // Sorted, each once; long ones in pieces. Never changes.
  [[nodiscard]] const std::vector<Span>& spans() const noexcept { return spans_; }
  // Sorted by address. Changes with refused() and answered().
  [[nodiscard]] const std::vector<Read>& reads() const noexcept { return reads_; }

  // The unit refused reads()[index] for its address or length. True: the plan changed, what stands in reads() is to be
  // asked for anew; false: it is a hole that was known as one.
  bool refused(std::size_t index);
  // The unit answered reads()[index]. True: the plan changed.
  bool answered(std::size_t index);

  // Nothing is being tried: answered() of what is no hole changes nothing.
  [[nodiscard]] bool is_settled() const noexcept { return cuts_.empty(); }
  [[nodiscard]] std::size_t hole_count() const noexcept { return holes_.size(); }
  [[nodiscard]] const std::set<std::size_t>& fences() const noexcept { return fences_; }

 private:
  // A halved read whose halves are being tried. Boundaries are indices of spans_: "before this one".
  struct Cut {
    std::size_t first = 0;
    std::size_t boundary = 0;
    std::size_t last = 0;
    bool left_refused = false;  // or a part of it
    bool right_refused = false;
  };

  void make();
  [[nodiscard]] bool joins(std::uint16_t begin, std::size_t next) const;
  [[nodiscard]] bool is_cut(std::size_t boundary) const;
  [[nodiscard]] std::size_t weakest_boundary(const Read& read) const;
  void note_refusal(const Read& read);
  [[nodiscard]] bool is_all_tried() const;

  std::vector<Span> spans_;
  ReadLimits limits_;
  std::vector<Read> reads_;
  std::set<std::size_t> holes_;   // indices of spans_
  std::set<std::size_t> fences_;  // boundaries
  std::vector<Cut> cuts_;         // in work
  std::set<Span> taken_;          // ranges that were answered meanwhile
};

}  // namespace telltale::modbus
