// What it costs to make a block of readings and to read it again, beside rows of SQLite in memory, one transaction.
//   bench_codec SERIES SECONDS RUNS
// Prints {"bytes" a reading, and CPU ns a reading, one of each a run: "encode": […], "decode": […], "insert": […],
// "select": […]}. What was encoded is checked to come back.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/store/block_codec.h"
#include "tests/bench/plain_rows.h"
#include "tests/bench/signals.h"

namespace telltale::bench {
namespace {

constexpr std::int64_t kStart = 1'700'000'000;  // seconds since the epoch
constexpr std::int64_t kSecond = 1'000'000'000;

struct Load {
  std::uint32_t series = 0;
  std::uint64_t seconds = 0;
  int runs = 0;
  [[nodiscard]] double readings() const { return static_cast<double>(series) * static_cast<double>(seconds); }
};

double cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

std::vector<store::Point> points_of(const Load& load) {
  std::vector<store::Point> points;
  for (std::uint32_t number = 0; number < load.series; ++number) {
    for (std::uint64_t second = 0; second < load.seconds; ++second) {
      store::Point point;
      point.time = (kStart + static_cast<std::int64_t>(second)) * kSecond;
      point.value = signal(number, second);
      point.series.value = number + 1;
      points.push_back(point);
    }
  }
  return points;
}

std::vector<store::Point> decode(const std::string& block) {
  std::vector<store::Point> points;
  store::Column column;
  const auto done = store::visit_block(block, [&](const store::BlockHead& head, std::string_view body) {
    auto decoded = store::decode_column(head, body, column);
    for (std::size_t i = 0; decoded && i < column.times.size(); ++i) {
      points.push_back({column.times[i], column.values[i], head.series, column.mark(i), false, {}});
    }
    return decoded;
  });
  if (!done) throw std::runtime_error(done.error().text());
  return points;
}

bool same(const store::Point& a, const store::Point& b) {
  return a.time == b.time && a.value == b.value && a.series == b.series;
}

void insert(PlainRows& rows, const std::vector<store::Point>& points) {
  rows.begin();
  for (const store::Point& point : points) rows.insert(point.series.value, point.time, point.value);
  rows.commit();
}

void select(PlainRows& rows, const Load& load) {
  std::uint64_t count = 0;
  for (std::uint32_t number = 1; number <= load.series; ++number) count += rows.read(number);
  if (count != load.series * load.seconds) throw std::runtime_error("rows are missing");
}

class Timings {
 public:
  explicit Timings(double readings) : readings_(readings) {}
  void time(const std::function<void()>& what) {
    const double before = cpu_ns();
    what();
    spent_.push_back((cpu_ns() - before) / readings_);
  }
  void print(const char* name) const {
    std::printf(", \"%s\": [", name);
    for (std::size_t i = 0; i < spent_.size(); ++i) std::printf("%s%.2f", i == 0 ? "" : ", ", spent_[i]);
    std::printf("]");
  }

 private:
  double readings_;
  std::vector<double> spent_;
};

void run(const Load& load) {
  const std::vector<store::Point> points = points_of(load);
  Timings encoding(load.readings());
  Timings decoding(load.readings());
  Timings inserting(load.readings());
  Timings selecting(load.readings());
  std::string block;
  std::vector<store::Point> back;
  for (int i = 0; i < load.runs; ++i) {
    encoding.time([&] { block = store::encode_block(points); });
    decoding.time([&] { back = decode(block); });
    PlainRows rows(":memory:", true);
    inserting.time([&] { insert(rows, points); });
    selecting.time([&] { select(rows, load); });
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (back.size() != points.size() || !same(back[i], points[i])) throw std::runtime_error("it does not come back");
  }
  std::printf("{\"bytes\": %.4f", static_cast<double>(block.size()) / load.readings());
  encoding.print("encode");
  decoding.print("decode");
  inserting.print("insert");
  selecting.print("select");
  std::printf("}\n");
}

}  // namespace
}  // namespace telltale::bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    telltale::bench::Load load;
    load.series = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
    load.seconds = std::strtoull(argv[2], nullptr, 10);
    load.runs = static_cast<int>(std::strtol(argv[3], nullptr, 10));
    telltale::bench::run(load);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_codec: %s\n", error.what());
    return 1;
  }
  return 0;
}
