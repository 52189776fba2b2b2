// How soon a history of any size is there, and how long any view of it takes.
//   bench_views DIR SERIES HOURS WARM COLD
// DIR is what `bench_store telltale DIR SERIES HOURS 0` left. Views of random spans, from a minute to everything, of
// random series, 1,920 points each. Prints {"open_us": […] of opening the store, cold then warm, "warm_us": […],
// "cold_us": […] with nothing of the file in the page cache, "memory": bytes that this took, "samples": readings}.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/store/files.h"
#include "daemon/store/store.h"
#include "tests/bench/store_series.h"
#include "tests/support/manual_clock.h"

namespace telltale::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kWarmUp = 50;

double now_us() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Memory of this process that no file stands behind.
long long anonymous_bytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string name; file >> name;) {
    long long kilobytes = 0;
    if (name == "Anonymous:" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

void forget(const fs::path& path) {
  const core::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return;
  (void)::fdatasync(file.get());
  (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

class Views {
 public:
  Views(const fs::path& directory, std::uint32_t series, std::int64_t seconds)
      : clock_(core::from_ms((kStart + seconds) * 1'000)), series_(series), seconds_(seconds) {
    options_.state_dir = directory / "state";
    options_.run_dir = directory / "run";
    options_.commit = std::chrono::hours(1);
  }
  double open() {
    store_.reset();
    const double begin = now_us();
    auto opened = store::Store::open(options_, clock_, {core::make_null_sink(), "bench"});
    if (!opened) throw std::runtime_error(opened.error().text());
    store_ = std::move(*opened);
    return now_us() - begin;
  }
  void close() { store_.reset(); }
  void forget_file() const { forget(store::database_path(options_.state_dir)); }
  [[nodiscard]] unsigned long long samples() { return store_->stats().samples; }
  double view() {
    const double share = std::uniform_real_distribution<>(0, 1)(random_);
    const auto length = static_cast<std::int64_t>(60 * std::pow(static_cast<double>(seconds_) / 60, share));
    const auto begin = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(seconds_ - length + 1));
    core::HistoryQuery query;
    query.series = {series_of(static_cast<std::uint32_t>(random_() % series_))};
    query.from = core::from_ms((kStart + begin) * 1'000);
    query.to = query.from + std::chrono::seconds(length);
    query.points = kPoints;
    const double before = now_us();
    const auto result = store_->query(query);
    const double spent = now_us() - before;
    if (!result || result->series.front().times.empty()) throw std::runtime_error("a query found nothing");
    return spent;
  }

 private:
  test::ManualClock clock_;
  store::StoreOptions options_;
  const std::uint32_t series_;
  const std::int64_t seconds_;
  std::unique_ptr<store::Store> store_;
  std::mt19937_64 random_{1};
};

void print(const char* name, const std::vector<double>& values) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.1f", i == 0 ? "" : ",", values[i]);
  std::printf("], ");
}

void run(Views& views, int warm, int cold) {
  const long long before = anonymous_bytes();
  std::vector<double> open_us;
  views.forget_file();
  open_us.push_back(views.open());
  std::vector<double> cold_us;
  for (int i = 0; i < cold; ++i) {
    views.forget_file();
    cold_us.push_back(views.view());
  }
  std::vector<double> warm_us;
  for (int i = -kWarmUp; i < warm; ++i) {
    const double spent = views.view();
    if (i >= 0) warm_us.push_back(spent);
  }
  const long long memory = anonymous_bytes() - before;
  const auto samples = views.samples();
  views.close();
  open_us.push_back(views.open());
  views.close();
  std::printf("{");
  print("open_us", open_us);
  print("cold_us", cold_us);
  print("warm_us", warm_us);
  std::printf("\"memory\": %lld, \"samples\": %llu}\n", memory, samples);
}

}  // namespace
}  // namespace telltale::bench

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  try {
    const auto series = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
    telltale::bench::Views views(argv[1], series, static_cast<std::int64_t>(std::strtod(argv[3], nullptr) * 3'600));
    telltale::bench::run(views, static_cast<int>(std::strtol(argv[4], nullptr, 10)),
                         static_cast<int>(std::strtol(argv[5], nullptr, 10)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_views: %s\n", error.what());
    return 1;
  }
  return 0;
}
