// A serial line. libmodbus opens it, sets it and sends on it, with the direction of RS-485; what comes is read here,
// because libmodbus gives up a whole reply for one frame that was not its own.
#pragma once

#include <memory>
#include <string>

#include "plugins/modbus/link/address.h"
#include "plugins/modbus/link/descriptor.h"

struct _modbus;  // NOLINT(bugprone-reserved-identifier): libmodbus' modbus_t

namespace telltale::modbus {

class SerialLink final : public Link {
 public:
  SerialLink(Host host, SerialSettings settings, Signals signals)
      : host_(host), settings_(std::move(settings)), signals_(signals) {}
  SerialLink(const SerialLink&) = delete;
  SerialLink& operator=(const SerialLink&) = delete;
  ~SerialLink() override { SerialLink::close(); }

  [[nodiscard]] std::optional<std::string> open() override;
  void close() noexcept override;
  [[nodiscard]] bool is_open() const noexcept override { return context_ != nullptr; }
  // `bytes`: a whole frame with its checksum.
  [[nodiscard]] Io send(std::span<const std::uint8_t> bytes) override;
  [[nodiscard]] Io receive(std::span<std::uint8_t> into, std::size_t& got, Time until) override {
    return receive_from(fd_, into, got, until, host_, signals_);
  }
  [[nodiscard]] Io sleep(Time until) override { return wait_on(-1, 0, until, host_, signals_, true); }
  [[nodiscard]] Time now() const override { return host_.now(); }
  [[nodiscard]] std::string where() const override { return settings_.port; }

 private:
  struct Free {
    void operator()(_modbus* context) const noexcept;
  };

  Host host_;
  SerialSettings settings_;
  Signals signals_;
  std::unique_ptr<_modbus, Free> context_;  // open as long as it is there
  int fd_ = -1;
};

}  // namespace telltale::modbus
