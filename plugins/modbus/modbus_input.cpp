#include "plugins/modbus/modbus_input.h"

#include <random>
#include <string>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

#include "plugins/modbus/bus/bus.h"
#include "plugins/modbus/bus/rtu_exchanger.h"
#include "plugins/modbus/bus/tcp_exchanger.h"
#include "plugins/modbus/link/serial_link.h"
#include "plugins/modbus/link/tcp_link.h"

namespace telltale::modbus {
namespace {

int make_wake_fd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

std::unique_ptr<Link> make_link(Host host, const Address& address, Signals signals) {
  if (address.kind == Address::Kind::kRtu) return std::make_unique<SerialLink>(host, address.serial, signals);
  return std::make_unique<TcpLink>(host, address, signals);
}

std::unique_ptr<Exchanger> make_exchanger(Link& link, const Settings& settings) {
  if (settings.address.kind != Address::Kind::kTcp) return std::make_unique<RtuExchanger>(link, settings.timing);
  std::random_device random;
  return std::make_unique<TcpExchanger>(link, settings.timing, static_cast<std::uint16_t>(random()));
}

}  // namespace

ModbusInput::ModbusInput(Host host)
    : host_(host),
      settings_(make_settings(host.options(), installed_profiles())),
      wake_fd_(make_wake_fd()),
      writes_(wake_fd_) {
  for (const DeviceSettings& device : settings_.devices) {
    if (!device.points.empty() || !device.models.empty()) continue;
    host_.warning("unit " + std::to_string(device.unit) + " has nothing to read: give it 'points' or a 'profile'");
  }
}

ModbusInput::~ModbusInput() { ::close(wake_fd_); }

void ModbusInput::run(int stop_fd) {
  const auto link = make_link(host_, settings_.address, {stop_fd, wake_fd_});
  const auto exchanger = make_exchanger(*link, settings_);
  Bus bus(host_, settings_, *link, *exchanger, writes_);
  bus.run();
}

void ModbusInput::write(const telltale::Output& output) {
  const std::string name(output.name);
  if (!output.text.empty()) throw InvalidError("'" + name + "' is set with a number");
  const Time patience = output.deadline - host_.now();
  if (patience <= Time{}) throw IoError(name + " was not set: its time was over");
  const WriteResult done = writes_.put({name, output.value, output.deadline}, patience);
  if (done.result == TELLTALE_OK) return;
  if (done.result == TELLTALE_E_STOPPED) throw Stopped();
  if (done.result == TELLTALE_E_INVALID) throw InvalidError(done.reason);
  throw IoError(done.reason);
}

}  // namespace telltale::modbus
