// A sink that writes to InfluxDB 1 and 2, and to what speaks its line protocol: VictoriaMetrics, QuestDB, Telegraf.
#pragma once

#include <chrono>
#include <memory>

#include <telltale/cpp/plugin.hpp>

#include "plugins/influx/influx_options.h"
#include "plugins/influx/post.h"

namespace telltale::influx {

class InfluxSink : public Sink {
 public:
  static constexpr PluginInfo kInfo{"influx", "1.0.0", "Sends readings to InfluxDB as line protocol.", kNeedsNetwork};
  static constexpr auto& kOptions = kOptionTable;

  explicit InfluxSink(Host host);
  void send(const OutgoingBatch& batch, int stop_fd) override;

 private:
  void hold_back(std::chrono::seconds asked, long status);

  Host host_;
  std::unique_ptr<Poster> poster_;
  std::chrono::nanoseconds quiet_until_{};  // on the host's clock: the server asked for it
  std::chrono::seconds quiet_for_{};        // without it asking, the last time
};

}  // namespace telltale::influx
