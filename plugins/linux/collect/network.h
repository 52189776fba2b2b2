// net.*{interface="eth0"}, from /proc/net/dev and /sys/class/net/*/operstate.
#pragma once

#include <string>
#include <vector>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/network.h"
#include "plugins/linux/codec/rate.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/transport/proc_file.h"

namespace telltale::linux_input {

class NetworkCollector final : public Collector {
 public:
  NetworkCollector(const Machine& machine, NameFilter wanted);
  void collect(Round& round) override;

 private:
  struct Interface {
    Series received, sent, received_rate, sent_rate, errors, drops, link;
    RateMeter received_meter, sent_meter;
    std::string state_file;
  };
  [[nodiscard]] Interface declare(std::string_view name) const;
  void publish(Round& round, const InterfaceStats& stats, Interface& interface) const;

  Machine machine_;
  NameFilter wanted_;
  ProcFile file_;
  std::vector<InterfaceStats> stats_;
  Inventory<Interface> interfaces_;
};

}  // namespace telltale::linux_input
