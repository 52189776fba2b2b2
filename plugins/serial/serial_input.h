// The input: settings, line, framing and payload put together.
#pragma once

#include <telltale/cpp/plugin.hpp>

#include "plugins/serial/exchange/reception.h"
#include "plugins/serial/probe/probe.h"
#include "plugins/serial/serial_options.h"
#include "plugins/serial/settings.h"

namespace telltale::serial {

class SerialInput : public StreamingInput, public Probing {
 public:
  static constexpr PluginInfo kInfo{"serial", "0.1.0", "Reads serial ports: scales, GPS, meters, anything that talks.",
                                    kNeedsDevices};
  static constexpr auto& kOptions = kOptionTable;
  static constexpr auto& kProbeOptions = kProbeTable;

  explicit SerialInput(Host host);
  void run(int stop_fd) override;
  static void probe(Host host, Report report, int stop_fd) { run_probe(host, report, stop_fd); }

 private:
  Host host_;
  Settings settings_;
};

}  // namespace telltale::serial
