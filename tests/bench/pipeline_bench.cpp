// The pipeline alone, on one core: readings out of a real ring through the real engine (registry, windows), the real
// journal of a real store, and the real live hub, of which one series is wanted, with the 95th percentile of its
// windows.
//   bench_pipeline SERIES BATCH RUNS READINGS
// Everything happens on this thread, as if one core did it all; only the store's commits, which belong to its writer's
// thread, are made between the runs and timed by themselves. Filling the ring is the plugin's work and is not counted.
// A chunk is what the ring holds at most; each chunk is one pass of the pipeline, as it is when readings are waiting.
// Prints {"cpu": […], "wall": […], "commit_cpu": […]} in seconds a reading, one of each a run.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <sys/resource.h>

#include "daemon/host/declaration_codec.h"
#include "daemon/host/ring_mapping.h"
#include "daemon/host/ring_source.h"
#include "daemon/host/ring_writer.h"
#include "daemon/net/asio_loop.h"
#include "daemon/net/live_hub.h"
#include "daemon/pipeline/engine.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/registry.h"
#include "daemon/pipeline/source_feed.h"
#include "daemon/store/store.h"
#include "tests/unit/host/temporary_directory.h"

namespace telltale::bench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// As many as the pump gives one source before the others have their turn.
constexpr std::size_t kPass = 4'096;
constexpr std::size_t kWarmUpPerSeries = 5'000;  // more than a window holds one by one
// Room for one run, so that no commit is needed within it.
constexpr std::uint64_t kJournalBytes = 256ULL << 20U;

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <class Value>
Value must(core::Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return std::move(*result);
}

// The hub asks the pipeline for the latest values of a new subscription: there are none yet.
class NoPort final : public core::PipelinePort {
 public:
  void post(std::vector<core::PostedReading>, bool, std::function<void(core::Result<core::PostOutcome>)>) override {}
  void latest(std::vector<core::Selector>,
              std::function<void(core::Result<std::vector<core::LatestRow>>)> done) override {
    done(std::vector<core::LatestRow>{});
  }
  core::Result<core::SeriesId> watch(core::SeriesId series, core::WindowStat) override { return series; }
  void unwatch(core::SeriesId) override {}
  [[nodiscard]] core::PipelineStats stats() const override { return {}; }
};

struct Spent {
  double cpu = 0;
  double wall = 0;
};

class Bench {
 public:
  Bench(std::uint32_t series, std::size_t batch)
      : store_(must(store::Store::open(options(), clock_, log_))),
        registry_({}),
        engine_({{seconds(10), minutes(1), minutes(15), hours(1), hours(24)}}, registry_, watches_, *store_, clock_,
                log_),
        hub_({registry_, port_, clock_, net::make_asio_loop(context_), log_, "bench", "bench"}, net::LiveLimits{}),
        source_(std::make_shared<host::RingSource>("bench", must(core::make_eventfd()), clock_)),
        writer_(make_ring()),
        feed_(source_, engine_),
        batch_(batch) {
    engine_.set_live(&hub_);
    for (std::uint32_t i = 0; i < series; ++i) {
      core::SeriesDeclaration declaration;
      declaration.key = must(core::make_series_key("bench.s" + std::to_string(i), {}));
      if (!writer_.declare(host::encode_declaration(declaration))) throw std::runtime_error("declare");
    }
    series_ = series;
    feed_of_one_ = must(hub_.join({"bench.s0"}, {}, net::LiveForm::kJson)).feed;
  }

  // Somebody looks at the 95th percentile of each window of the first series: five more values in every pass.
  void watch_quantiles() {
    const core::SeriesId id = registry_.match(must(core::Selector::parse("bench.s0"))).at(0)->id;
    for (const char* stat : {"p95_10s", "p95_1m", "p95_15m", "p95_1h", "p95_1d"}) {
      must(watches_.add(id, must(core::parse_window_stat(stat))));
    }
    engine_.slide_watches();
  }

  // Passes `count` readings; answers what the pipeline spent on them.
  Spent pass(std::size_t count) {
    Spent spent;
    while (count > 0) {
      const std::size_t chunk = std::min(count, kPass);
      fill(chunk);
      const double cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
      const double wall = seconds_of(CLOCK_MONOTONIC);
      drain();
      context_.restart();
      context_.poll();
      spent.cpu += seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
      spent.wall += seconds_of(CLOCK_MONOTONIC) - wall;
      count -= chunk;
    }
    return spent;
  }

  // The writer's CPU for what was appended since the last time.
  double commit() {
    const double before = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID);
    if (auto done = store_->commit_now(); !done) throw std::runtime_error(done.error().text());
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID) - before;
  }

  // Nothing was lost on the way.
  void check(std::uint64_t expected) const {
    const auto& counters = engine_.counters();
    if (counters.readings == expected && counters.journal_lost == 0 && hub_.stats().dropped == 0) return;
    throw std::runtime_error("readings were lost: the numbers would mean nothing");
  }

 private:
  store::StoreOptions options() {
    store::StoreOptions options;
    options.state_dir = directory_.file("state");
    options.run_dir = directory_.file("run");
    options.commit = hours(1);
    options.journal_bytes = kJournalBytes;
    std::filesystem::create_directories(options.state_dir);
    std::filesystem::create_directories(options.run_dir);
    return options;
  }
  host::RingWriter make_ring() {
    const std::string path = directory_.file("bench.1.ring");
    source_->add(must(host::RingMapping::create(path, 1)), false);
    return {must(host::RingMapping::open(path)), source_->duplicate_wake()};
  }

  void fill(std::size_t count) {
    while (count > 0) {
      const std::size_t size = std::min(count, batch_);
      readings_.resize(size);
      const std::int64_t now = clock_.boot_now().time_since_epoch().count();
      for (telltale_reading& reading : readings_) {
        reading = {now, 20.0 + static_cast<double>(number_ % 1'000) / 100.0,
                   static_cast<std::uint32_t>(number_ % series_), 0, 0};
        ++number_;
      }
      if (!writer_.publish(readings_)) throw std::runtime_error("the ring is full");
      count -= size;
    }
  }

  // What the pump's thread does when a ring woke it.
  void drain() {
    for (bool more = true; more;) {
      engine_.begin_pass();
      more = feed_.drain(kPass);
      static_cast<void>(engine_.finish_pass());
      feed_.release();
    }
  }

  test::TemporaryDirectory directory_;
  core::SystemClock clock_;
  core::Logger log_{core::make_null_sink(), "bench"};
  std::unique_ptr<store::Store> store_;
  pipeline::Registry registry_;
  pipeline::WatchTable watches_;
  pipeline::Engine engine_;
  boost::asio::io_context context_{1};
  NoPort port_;
  net::LiveHub hub_;
  std::shared_ptr<host::RingSource> source_;
  host::RingWriter writer_;
  pipeline::SourceFeed feed_;
  std::shared_ptr<net::Feed> feed_of_one_;
  std::size_t batch_;
  std::vector<telltale_reading> readings_;
  std::uint64_t number_ = 0;
  std::uint32_t series_ = 0;
};

void print(const char* name, const std::vector<double>& values, const char* end) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.4e", i == 0 ? "" : ", ", values[i]);
  std::printf("]%s", end);
}

void run(std::uint32_t series, std::size_t batch, int runs, std::size_t readings) {
  Bench bench(series, batch);
  std::uint64_t total = 0;
  for (std::size_t left = kWarmUpPerSeries * series; left > 0;) {
    const std::size_t part = std::min(left, readings);
    bench.pass(part);
    bench.commit();
    total += part;
    left -= part;
  }
  bench.watch_quantiles();
  std::vector<double> cpu;
  std::vector<double> wall;
  std::vector<double> commit;
  for (int i = 0; i < runs; ++i) {
    const Spent spent = bench.pass(readings);
    const auto count = static_cast<double>(readings);
    cpu.push_back(spent.cpu / count);
    wall.push_back(spent.wall / count);
    commit.push_back(bench.commit() / count);
    total += readings;
  }
  bench.check(total);
  std::printf("{");
  print("cpu", cpu, ", ");
  print("wall", wall, ", ");
  print("commit_cpu", commit, "}\n");
}

}  // namespace
}  // namespace telltale::bench

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  try {
    telltale::bench::run(static_cast<std::uint32_t>(number(1)), number(2), static_cast<int>(number(3)), number(4));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_pipeline: %s\n", error.what());
    return 1;
  }
  return 0;
}
