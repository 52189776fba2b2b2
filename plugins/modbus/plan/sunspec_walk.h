// Finds the models of a SunSpec device: the mark "SunS", then models one after the other, each with its number and
// length, up to the number 0xFFFF. SunSpec device information model specification, 6.1. Pure: asks through next(), is
// told through answered() and refused().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plugins/modbus/codec/pdu.h"

namespace telltale::modbus {

class SunspecWalk {
 public:
  struct Model {
    std::uint16_t number = 0;
    std::uint16_t address = 0;  // of the register that holds the number
    std::uint16_t length = 0;   // registers, with number and length
    friend bool operator==(const Model&, const Model&) = default;
  };

  // `bases`: where the mark may stand, in the order to look.
  explicit SunspecWalk(std::vector<std::uint16_t> bases) : bases_(std::move(bases)) {}

  // What to read next; nothing when it has ended.
  [[nodiscard]] std::optional<Range> next() const;
  // The two registers that next() asked for.
  void answered(std::span<const std::uint8_t> data);
  // The unit has nothing there.
  void refused();
  void begin_again() { *this = SunspecWalk(std::move(bases_)); }

  [[nodiscard]] bool has_found() const noexcept { return is_done_ && !models_.empty(); }
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] const std::vector<Model>& models() const noexcept { return models_; }

 private:
  static constexpr std::size_t kMaxModels = 128;  // a device with more is broken

  std::vector<std::uint16_t> bases_;
  std::size_t base_ = 0;
  std::optional<std::uint16_t> header_;  // where the next model begins, once the mark is found
  std::vector<Model> models_;
  bool is_done_ = false;
};

}  // namespace telltale::modbus
