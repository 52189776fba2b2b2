// The input: settings, link, framing and bus put together.
#pragma once

#include <memory>

#include <telltale/cpp/plugin.hpp>

#include "plugins/modbus/bus/write_queue.h"
#include "plugins/modbus/link/descriptor.h"
#include "plugins/modbus/modbus_options.h"
#include "plugins/modbus/probe/probe.h"
#include "plugins/modbus/settings.h"

namespace telltale::modbus {

class ModbusInput : public StreamingInput, public Writable, public Probing {
 public:
  static constexpr PluginInfo kInfo{"modbus", "0.1.0", "Reads Modbus units: TCP, RTU, and RTU over TCP.",
                                    kNeedsNetwork | kNeedsDevices};
  static constexpr auto& kOptions = kOptionTable;
  static constexpr auto& kProbeOptions = kProbeTable;

  explicit ModbusInput(Host host);
  ModbusInput(const ModbusInput&) = delete;
  ModbusInput& operator=(const ModbusInput&) = delete;
  ~ModbusInput() override;
  void run(int stop_fd) override;

  void write(const telltale::Output& output) override;
  static void probe(Host host, Report report, int stop_fd) { run_probe(host, report, stop_fd); }

 private:
  Host host_;
  Settings settings_;
  int wake_fd_;
  WriteQueue writes_;
};

}  // namespace telltale::modbus
