// A sink that writes by Prometheus remote write 1.0: to VictoriaMetrics, Mimir, Thanos, Cortex, Prometheus itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

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
  struct Refused {
    std::uint64_t samples = 0;
    std::string reason;
  };
  // A message that is refused is cut into halves: what is refused in the end stands alone, as far as a bound allows.
  [[nodiscard]] Refused write(const Request& request, int stop_fd);

  Host host_;
  Gatherer gatherer_;
  std::unique_ptr<http::Poster> poster_;
  http::Patience patience_;
};

}  // namespace telltale::prometheus
