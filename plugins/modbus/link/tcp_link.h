// A TCP connection to a Modbus server or to a serial device server.
#pragma once

#include <memory>
#include <string>

#include "plugins/modbus/link/address.h"
#include "plugins/modbus/link/descriptor.h"

namespace telltale::modbus {

class TcpLink final : public Link {
 public:
  TcpLink(Host host, Address address, Signals signals) : host_(host), address_(std::move(address)), signals_(signals) {}
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;
  ~TcpLink() override { TcpLink::close(); }

  [[nodiscard]] std::optional<std::string> open() override;
  void close() noexcept override;
  [[nodiscard]] bool is_open() const noexcept override { return fd_ >= 0; }
  [[nodiscard]] Io send(std::span<const std::uint8_t> bytes) override;
  [[nodiscard]] Io receive(std::span<std::uint8_t> into, std::size_t& got, Time until) override {
    return receive_from(fd_, into, got, until, host_, signals_);
  }
  [[nodiscard]] Io sleep(Time until) override { return wait_on(-1, 0, until, host_, signals_, true); }
  [[nodiscard]] Time now() const override { return host_.now(); }
  [[nodiscard]] std::string where() const override { return address_.where(); }

 private:
  Host host_;
  Address address_;
  Signals signals_;
  int fd_ = -1;
};

}  // namespace telltale::modbus
