// A sink that writes by Prometheus remote write 1.0: to VictoriaMetrics, Mimir, Thanos, Cortex, Prometheus itself.
#pragma once

#include <memory>

#include <telltale/cpp/plugin.hpp>

#include "plugins/http/patience.h"
#include "plugins/http/post.h"
#include "plugins/prometheus/prometheus_options.h"
#include "plugins/prometheus/write_request.h"

namespace telltale::prometheus {

class PrometheusSink : public Sink {
 public:
  static constexpr PluginInfo kInfo{"prometheus", "1.0.0", "Sends readings by Prometheus remote write.", kNeedsNetwork};
  static constexpr auto& kOptions = kOptionTable;

  explicit PrometheusSink(Host host);
  void send(const OutgoingBatch& batch, int stop_fd) override;

 private:
  Host host_;
  Gatherer gatherer_;
  std::unique_ptr<http::Poster> poster_;
  http::Patience patience_;
};

}  // namespace telltale::prometheus
