#include "plugins/modbus/plan/sunspec_walk.h"

#include <utility>

namespace telltale::modbus {
namespace {

constexpr std::uint16_t kSu = 0x5375;
constexpr std::uint16_t kNs = 0x6e53;
constexpr std::uint16_t kEnd = 0xffff;

std::uint16_t word_at(std::span<const std::uint8_t> data, std::size_t index) {
  return static_cast<std::uint16_t>(data[index * 2] << 8U | data[index * 2 + 1]);
}

}  // namespace

std::optional<Range> SunspecWalk::next() const {
  if (is_done_) return std::nullopt;
  if (header_) return Range{Table::kHolding, *header_, 2};
  if (base_ >= bases_.size()) return std::nullopt;
  return Range{Table::kHolding, bases_[base_], 2};
}

void SunspecWalk::answered(std::span<const std::uint8_t> data) {
  const std::uint16_t first = word_at(data, 0);
  const std::uint16_t second = word_at(data, 1);
  if (!header_) {
    if (first != kSu || second != kNs) return refused();
    header_ = static_cast<std::uint16_t>(bases_[base_] + 2);
    return;
  }
  const std::uint32_t after = std::uint32_t{*header_} + 2 + second;
  if (first == kEnd || models_.size() == kMaxModels || after + 2 > 0x1'0000U) {
    is_done_ = true;
    return;
  }
  models_.push_back({first, *header_, static_cast<std::uint16_t>(second + 2)});
  header_ = static_cast<std::uint16_t>(after);
}

void SunspecWalk::refused() {
  if (header_) {  // the list has no end mark: what was found counts
    is_done_ = true;
    return;
  }
  if (++base_ >= bases_.size()) is_done_ = true;
}

}  // namespace telltale::modbus
