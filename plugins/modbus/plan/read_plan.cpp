#include "plugins/modbus/plan/read_plan.h"

#include <algorithm>

namespace telltale::modbus {
namespace {

// Spans of at most `max_count`, sorted, each once.
std::vector<Span> pieces_of(const std::vector<Span>& spans, std::uint16_t max_count) {
  std::vector<Span> pieces;
  for (Span span : spans) {
    for (; span.count > max_count; span.count = static_cast<std::uint16_t>(span.count - max_count)) {
      pieces.push_back({span.address, max_count});
      span.address = static_cast<std::uint16_t>(span.address + max_count);
    }
    pieces.push_back(span);
  }
  std::sort(pieces.begin(), pieces.end());
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  return pieces;
}

}  // namespace

ReadPlan::ReadPlan(const std::vector<Span>& spans, ReadLimits limits)
    : spans_(pieces_of(spans, limits.max_count)), limits_(limits) {
  make();
}

bool ReadPlan::is_cut(std::size_t boundary) const {
  return fences_.contains(boundary) ||
         std::any_of(cuts_.begin(), cuts_.end(), [boundary](const Cut& cut) { return cut.boundary == boundary; });
}

// Whether spans_[next] can be read together with what begins at `begin` and reaches up to it.
bool ReadPlan::joins(std::uint16_t begin, std::size_t next) const {
  if (is_cut(next) || holes_.contains(next) || holes_.contains(next - 1)) return false;
  return spans_[next].end() - begin <= limits_.max_count;
}

// Taking as many spans as fit, from the left, is the fewest: whatever set of neighbours can be read together, so can
// each part of it.
void ReadPlan::make() {
  reads_.clear();
  for (std::size_t first = 0; first < spans_.size();) {
    std::uint32_t end = spans_[first].end();
    std::size_t last = first + 1;
    while (last < spans_.size() && spans_[last].address <= end + limits_.max_gap &&
           joins(spans_[first].address, last)) {
      end = std::max(end, spans_[last].end());
      ++last;
    }
    const auto count = static_cast<std::uint16_t>(end - spans_[first].address);
    reads_.push_back({{spans_[first].address, count}, first, last, holes_.contains(first)});
    first = last;
  }
}

// Where a read is halved: at its widest gap; without one, in the middle.
std::size_t ReadPlan::weakest_boundary(const Read& read) const {
  std::size_t best = read.first + (read.last - read.first) / 2;
  std::uint32_t widest = 0;
  std::uint32_t end = spans_[read.first].end();
  for (std::size_t i = read.first + 1; i < read.last; ++i) {
    if (spans_[i].address > end && spans_[i].address - end > widest) {
      widest = spans_[i].address - end;
      best = i;
    }
    end = std::max(end, spans_[i].end());
  }
  return best;
}

bool ReadPlan::refused(std::size_t index) {
  const Read read = reads_[index];
  if (read.is_hole) return false;
  note_refusal(read);
  if (read.last - read.first == 1) {
    holes_.insert(read.first);
  } else {
    cuts_.push_back({read.first, weakest_boundary(read), read.last});
  }
  make();
  return true;
}

// Tells the cuts that made this part what became of it.
void ReadPlan::note_refusal(const Read& read) {
  for (Cut& cut : cuts_) {
    cut.left_refused = cut.left_refused || (read.first >= cut.first && read.last <= cut.boundary);
    cut.right_refused = cut.right_refused || (read.first >= cut.boundary && read.last <= cut.last);
  }
}

bool ReadPlan::is_all_tried() const {
  return std::all_of(reads_.begin(), reads_.end(), [this](const Read& read) {
    const auto holds = [&read](const Cut& cut) { return read.first >= cut.first && read.last <= cut.last; };
    return read.is_hole || taken_.contains(read.range) || std::none_of(cuts_.begin(), cuts_.end(), holds);
  });
}

bool ReadPlan::answered(std::size_t index) {
  const Read read = reads_[index];
  if (read.is_hole) {  // it exists by now
    holes_.erase(read.first);
    make();
    return true;
  }
  if (cuts_.empty()) return false;
  taken_.insert(read.range);
  if (!is_all_tried()) return false;
  for (const Cut& cut : cuts_) {
    if (!cut.left_refused && !cut.right_refused) fences_.insert(cut.boundary);
  }
  cuts_.clear();
  taken_.clear();
  const std::vector<Read> before = std::move(reads_);
  make();
  return reads_ != before;
}

}  // namespace telltale::modbus
