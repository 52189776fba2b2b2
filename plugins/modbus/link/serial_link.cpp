#include "plugins/modbus/link/serial_link.h"

#include <cerrno>
#include <cstring>

#include <modbus/modbus.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace telltale::modbus {
namespace {

std::string words_of(int error, const std::string& port) {
  switch (error) {
    case ENOENT:
      return port + " is not there: is the adapter plugged in? A name below /dev/serial/by-id stays the same";
    case EACCES:
    case EPERM:
      return port + " may not be opened: is the service's user in the group 'dialout'?";
    case EBUSY:
      return port + " is in use by another program";
    default:
      return port + " cannot be opened: " + ::modbus_strerror(error);
  }
}

// 0, or the error.
int set_direction(modbus_t* context, Rs485 mode) {
  if (mode == Rs485::kOff) return 0;
  if (mode == Rs485::kKernel) return ::modbus_rtu_set_serial_mode(context, MODBUS_RTU_RS485) == 0 ? 0 : errno;
  const int up = mode == Rs485::kRtsUp ? MODBUS_RTU_RTS_UP : MODBUS_RTU_RTS_DOWN;
  return ::modbus_rtu_set_rts(context, up) == 0 ? 0 : errno;
}

}  // namespace

void SerialLink::Free::operator()(_modbus* context) const noexcept {
  ::modbus_close(context);
  ::modbus_free(context);
}

std::optional<std::string> SerialLink::open() {
  close();
  context_.reset(::modbus_new_rtu(settings_.port.c_str(), settings_.baud, settings_.parity, settings_.data_bits,
                                  settings_.stop_bits));
  if (!context_) return words_of(errno, settings_.port);
  if (::modbus_connect(context_.get()) != 0) {
    const int error = errno;
    ::modbus_free(context_.release());  // closing what was not opened is not for libmodbus
    return words_of(error, settings_.port);
  }
  fd_ = ::modbus_get_socket(context_.get());
  ::ioctl(fd_, TIOCEXCL);  // another program on the line would mix up its replies with ours; a port without it works
  if (const int error = set_direction(context_.get(), settings_.rs485); error != 0) {
    close();
    return settings_.port + ": its driver cannot switch the direction of RS-485 (" + std::strerror(error) +
           "): try another 'rs485'";
  }
  ::tcflush(fd_, TCIOFLUSH);
  return std::nullopt;
}

void SerialLink::close() noexcept {
  if (fd_ >= 0) ::ioctl(fd_, TIOCNXCL);  // a port that somebody else holds open as well would stay closed to all
  context_.reset();
  fd_ = -1;
}

Io SerialLink::send(std::span<const std::uint8_t> bytes) {
  const auto size = static_cast<int>(bytes.size() - 2);  // libmodbus adds the checksum
  const int sent = ::modbus_send_raw_request(context_.get(), bytes.data(), size);
  return sent == static_cast<int>(bytes.size()) ? Io::kDone : Io::kBroken;
}

}  // namespace telltale::modbus
