// What a reading costs on disk: series at 1 Hz over simulated hours, committed every 10 simulated seconds, unless STEP
// and COMMIT say other seconds.
//   bench_store telltale|appended|keyed|lines DIR SERIES HOURS QUERIES [STEP COMMIT]
// `telltale` is the real store; the next two are its peers (plain_rows.h); `lines` only prints the readings as line
// protocol, and makes no DIR. DIR is made and stays. Prints {"readings",
// "bytes" of all files at the end, "written" by this process to block devices as the kernel counts it (-1: it does not
// say), "counted" by the store itself, "query_us": […] of 1,920 points over everything, the first few left out}.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/store/store.h"
#include "tests/bench/plain_rows.h"
#include "tests/bench/signals.h"
#include "tests/bench/store_series.h"
#include "tests/support/manual_clock.h"

namespace telltale::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kWarmUp = 20;

struct Load {
  std::uint32_t series = 0;
  std::uint64_t seconds = 0;
  std::uint64_t step = 1;
  std::uint64_t commit = 10;
  int queries = 0;
};

struct Outcome {
  std::int64_t counted = -1;
  std::vector<double> query_us;
};

double now_us() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::vector<double> time_queries(const Load& load, const std::function<void(std::uint32_t)>& query) {
  std::vector<double> spent;
  for (int i = -kWarmUp; i < load.queries; ++i) {
    const auto series = static_cast<std::uint32_t>(i + kWarmUp) % load.series;
    const double before = now_us();
    query(series);
    if (i >= 0) spent.push_back(now_us() - before);
  }
  return spent;
}

void write_all(store::Store& store, test::ManualClock& clock, const Load& load) {
  for (std::uint32_t number = 0; number < load.series; ++number) store.declare(*series_of(number));
  for (std::uint64_t second = 0; second < load.seconds; second += load.step) {
    core::ReadingBatch batch;
    for (std::uint32_t number = 0; number < load.series; ++number) {
      core::Reading reading;
      reading.series.value = number + 1;
      reading.time = core::WallTime(core::Duration((kStart + static_cast<std::int64_t>(second)) * kSecond));
      reading.value = signal(number, second);
      batch.add(reading);
    }
    if (auto kept = store.append(batch); !kept) throw std::runtime_error(kept.error().text());
    clock.advance(std::chrono::seconds(load.step));
    if ((second + load.step) % load.commit != 0) continue;
    if (auto done = store.commit_now(); !done) throw std::runtime_error(done.error().text());
  }
}

Outcome run_telltale(const fs::path& directory, const Load& load) {
  test::ManualClock clock(core::from_ms(kStart * 1'000));
  store::StoreOptions options;
  options.state_dir = directory / "state";
  // On tmpfs, as the daemon's run directory is.
  options.run_dir = fs::path(fs::is_directory("/dev/shm") ? "/dev/shm" : directory) / directory.filename();
  options.commit = std::chrono::hours(1);
  for (const fs::path& path : {options.state_dir, options.run_dir}) fs::create_directories(path);
  auto store = store::Store::open(options, clock, {core::make_null_sink(), "bench"});
  if (!store) throw std::runtime_error(store.error().text());
  write_all(**store, clock, load);
  Outcome outcome;
  outcome.counted = static_cast<std::int64_t>((*store)->stats().written_bytes);
  outcome.query_us = time_queries(load, [&](std::uint32_t number) {
    core::HistoryQuery query;
    query.series = {series_of(number)};
    query.from = core::from_ms(kStart * 1'000);
    query.to = query.from + std::chrono::seconds(load.seconds);
    query.points = kPoints;
    const auto result = (*store)->query(query);
    if (!result || result->series.front().times.empty()) throw std::runtime_error("a query found nothing");
  });
  (*store)->close();
  fs::remove_all(options.run_dir);
  return outcome;
}

Outcome run_rows(const fs::path& directory, const Load& load, bool keyed) {
  fs::create_directories(directory / "state");
  PlainRows rows(directory / "state" / "rows.db", keyed);
  for (std::uint64_t second = 0; second < load.seconds; second += load.step) {
    if (second % load.commit == 0) rows.begin();
    for (std::uint32_t number = 0; number < load.series; ++number) {
      rows.insert(number, kStart + static_cast<std::int64_t>(second), signal(number, second));
    }
    if ((second + load.step) % load.commit == 0) rows.commit();
  }
  Outcome outcome;
  if (!keyed) return outcome;  // without an index a query reads everything: nobody would ask it
  const auto to = kStart + static_cast<std::int64_t>(load.seconds);
  const std::int64_t step = std::max<std::int64_t>(1, static_cast<std::int64_t>(load.seconds) / kPoints);
  outcome.query_us = time_queries(load, [&](std::uint32_t number) { rows.buckets(number, kStart, to, step); });
  return outcome;
}

// What bench_corpus reads.
void print_lines(const Load& load) {
  for (std::uint64_t second = 0; second < load.seconds; second += load.step) {
    const std::int64_t time = (kStart + static_cast<std::int64_t>(second)) * kSecond;
    for (std::uint32_t number = 0; number < load.series; ++number) {
      std::printf("bench,series=s%u value=%.17g %lld\n", number, signal(number, second), static_cast<long long>(time));
    }
  }
}

std::int64_t bytes_in(const fs::path& directory) {
  std::int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<std::int64_t>(entry.file_size());
  }
  return bytes;
}

// proc(5), /proc/[pid]/io
std::int64_t written_by_kernel() {
  std::ifstream file("/proc/self/io");
  for (std::string name; file >> name;) {
    std::int64_t value = -1;
    file >> value;
    if (name == "write_bytes:") return value;
  }
  return -1;
}

void run(const std::string& kind, const fs::path& directory, const Load& load) {
  const Outcome outcome =
      kind == "telltale" ? run_telltale(directory, load) : run_rows(directory, load, kind == "keyed");
  const unsigned long long readings = load.series * (load.seconds / load.step);
  std::printf(R"({"readings": %llu, "bytes": %lld, "written": %lld, "counted": %lld, "query_us": [)", readings,
              static_cast<long long>(bytes_in(directory / "state")), static_cast<long long>(written_by_kernel()),
              static_cast<long long>(outcome.counted));
  const char* comma = "";
  for (const double spent : outcome.query_us) {
    std::printf("%s%.1f", comma, spent);
    comma = ",";
  }
  std::printf("]}\n");
}

}  // namespace
}  // namespace telltale::bench

int main(int argc, char** argv) {
  if (argc != 6 && argc != 8) return 2;
  try {
    telltale::bench::Load load;
    load.series = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
    load.seconds = static_cast<std::uint64_t>(std::strtod(argv[4], nullptr) * 3'600);
    load.queries = static_cast<int>(std::strtol(argv[5], nullptr, 10));
    if (argc == 8) {
      load.step = std::strtoull(argv[6], nullptr, 10);
      load.commit = std::strtoull(argv[7], nullptr, 10);
    }
    if (std::string(argv[1]) == "lines") {
      telltale::bench::print_lines(load);
    } else {
      telltale::bench::run(argv[1], argv[2], load);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_store: %s\n", error.what());
    return 1;
  }
  return 0;
}
