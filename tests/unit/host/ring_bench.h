// A ring in a directory of its own with both its ends: what the ring's tests start from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/fd.h"
#include "daemon/core/series.h"
#include "daemon/host/declaration_codec.h"
#include "daemon/host/ring_mapping.h"
#include "daemon/host/ring_source.h"
#include "daemon/host/ring_writer.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/host/collector.h"
#include "tests/unit/host/temporary_directory.h"

namespace telltale::test {

inline constexpr host::RingGeometry kSmallRing{host::kRingAlignment, host::kRingAlignment};

inline std::string encoded_gauge(const std::string& name) {
  core::SeriesDeclaration declaration;
  declaration.key = *core::make_series_key(name, {});
  return host::encode_declaration(declaration);
}

inline std::vector<telltale_reading> sequence(double from, std::size_t count) {
  std::vector<telltale_reading> batch;
  for (std::size_t i = 0; i < count; ++i) batch.push_back({1, from + static_cast<double>(i), 0, 0, 0});
  return batch;
}

struct RingBench {
  std::shared_ptr<host::RingSource> make_source() {
    return std::make_shared<host::RingSource>("plc", *core::make_eventfd(), clock);
  }
  // Adds a new generation with the series 0 declared, and gives its producing end.
  host::RingWriter add_ring(host::RingSource& source, const host::RingGeometry& geometry = kSmallRing) {
    ++generation;
    path = directory.file("plc." + std::to_string(generation) + ".ring");
    source.add(*host::RingMapping::create(path, generation, geometry), false);
    host::RingWriter writer(*host::RingMapping::open(path), source.duplicate_wake());
    if (!writer.declare(encoded_gauge("a"))) throw std::runtime_error("declare");
    return writer;
  }
  void drain_all(host::RingSource& source) {
    while (source.drain(collector, 1'000)) source.release();
    source.release();
  }

  TemporaryDirectory directory;
  ManualClock clock;
  Collector collector;
  std::uint64_t generation = 0;
  std::string path;
};

}  // namespace telltale::test
