// A sink that writes to InfluxDB 1 and 2, and to what speaks its line protocol: VictoriaMetrics, QuestDB, Telegraf.
#pragma once

#include <memory>

#include <telltale/cpp/plugin.hpp>

#include "plugins/http/patience.h"
#include "plugins/http/post.h"
#include "plugins/influx/influx_options.h"

namespace telltale::influx {

class InfluxSink : public Sink {
 public:
  static constexpr PluginInfo kInfo{"influx", "1.0.0", "Sends readings to InfluxDB as line protocol.", kNeedsNetwork};
  static constexpr auto& kOptions = kOptionTable;

  explicit InfluxSink(Host host);
  void send(const OutgoingBatch& batch, int stop_fd) override;

 private:
  Host host_;
  std::unique_ptr<http::Poster> poster_;
  http::Patience patience_;
  bool gzip_ = true;
};

}  // namespace telltale::influx
