// A sink that writes files of CSV.
#pragma once

#include <memory>
#include <string>

#include <telltale/cpp/plugin.hpp>

#include "plugins/csv/csv_options.h"
#include "plugins/csv/rotating_file.h"

namespace telltale::csv {

class CsvSink : public Sink {
 public:
  static constexpr PluginInfo kInfo{"csv", "1.0.0", "Writes readings into files of CSV."};
  static constexpr auto& kOptions = kOptionTable;

  explicit CsvSink(Host host);
  void send(const OutgoingBatch& batch, int stop_fd) override;

 private:
  Host host_;
  RotatingFile file_;
  std::uint64_t removed_ = 0;
  std::uint64_t uncompressed_ = 0;
};

}  // namespace telltale::csv
