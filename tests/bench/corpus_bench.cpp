// What real readings cost on disk: line protocol `NAME,series=S value=V NS` from the standard input into the real
// store.
//   zcat FILE | bench_corpus DIR [READINGS_PER_COMMIT]
// DIR is made and stays. Prints {"readings", "series", "bytes" of all files at the end, "counted" as written by the
// store, "lossless": whether every bit came back}.
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/store/files.h"
#include "daemon/store/store.h"
#include "tests/support/manual_clock.h"

namespace telltale::bench {
namespace {

namespace fs = std::filesystem;

struct Line {
  std::string_view series;
  double value = 0;
  std::int64_t time = 0;
};

Line parse(std::string_view text) {
  Line line;
  const auto name = text.find("series=") + 7;
  const auto space = text.find(' ', name);
  line.series = text.substr(name, space - name);
  const auto value = text.find("value=", space) + 6;
  const auto read = std::from_chars(text.data() + value, text.data() + text.size(), line.value);
  const auto time = std::from_chars(read.ptr + 1, text.data() + text.size(), line.time);
  if (read.ec != std::errc() || time.ec != std::errc()) throw std::runtime_error("no line of readings");
  return line;
}

core::SeriesPtr series_of(std::uint32_t id, const std::string& name) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id.value = id;
  info->key_text = name;
  info->declaration.key.name = name;
  return info;
}

class Corpus {
 public:
  Corpus(const fs::path& directory, std::size_t per_commit) : per_commit_(per_commit) {
    options_.state_dir = directory / "state";
    options_.run_dir = directory / "run";
    options_.commit = std::chrono::hours(1);
    store_ = open();
  }
  void add(const Line& line) {
    const auto [known, fresh] =
        series_.try_emplace(std::string(line.series), static_cast<std::uint32_t>(series_.size() + 1));
    if (fresh) store_->declare(*series_of(known->second, known->first));
    core::Reading reading;
    reading.series.value = known->second;
    reading.time = core::WallTime(core::Duration(line.time));
    reading.value = line.value;
    batch_.add(reading);
    model_[known->second].insert_or_assign(line.time, std::bit_cast<std::uint64_t>(line.value));
    ++readings_;
    if (batch_.size() >= per_commit_) commit();
  }
  void finish() {
    commit();
    const auto counted = store_->stats().written_bytes;
    store_.reset();
    const std::uint64_t bytes = store::bytes_in(options_.state_dir);
    store_ = open();
    std::printf(R"({"readings": %zu, "series": %zu, "bytes": %llu, "counted": %llu, "lossless": %s})"
                "\n",
                readings_, series_.size(), static_cast<unsigned long long>(bytes),
                static_cast<unsigned long long>(counted), lossless() ? "true" : "false");
  }

 private:
  [[nodiscard]] std::unique_ptr<store::Store> open() const {
    auto store = store::Store::open(options_, clock_, {core::make_null_sink(), "bench"});
    if (!store) throw std::runtime_error(store.error().text());
    return std::move(*store);
  }
  void commit() {
    if (auto kept = store_->append(batch_); !kept) throw std::runtime_error(kept.error().text());
    if (auto done = store_->commit_now(); !done) throw std::runtime_error(done.error().text());
    batch_.clear();
  }
  [[nodiscard]] bool lossless() const {
    for (const auto& [name, id] : series_) {
      core::HistoryQuery query;
      query.series = {series_of(id, name)};
      query.from = core::WallTime(core::Duration(INT64_MIN));
      query.to = core::WallTime(core::Duration(INT64_MAX));
      query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
      const auto result = store_->query(query);
      if (!result || result->series[0].times.size() != model_.at(id).size()) return false;
      std::size_t i = 0;
      for (const auto& [time, bits] : model_.at(id)) {
        const auto& got = result->series[0];
        if (got.times[i].time_since_epoch().count() != time) return false;
        if (std::bit_cast<std::uint64_t>(got.values[0][i++]) != bits) return false;
      }
    }
    return true;
  }

  const std::size_t per_commit_;
  const test::ManualClock clock_{core::from_ms(4'000'000'000'000)};  // after every reading
  store::StoreOptions options_;
  std::unique_ptr<store::Store> store_;
  core::ReadingBatch batch_;
  std::map<std::string, std::uint32_t> series_;
  std::map<std::uint32_t, std::map<std::int64_t, std::uint64_t>> model_;
  std::size_t readings_ = 0;
};

}  // namespace
}  // namespace telltale::bench

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return 2;
  try {
    telltale::bench::Corpus corpus(argv[1], argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 4096);
    for (std::string line; std::getline(std::cin, line);) corpus.add(telltale::bench::parse(line));
    corpus.finish();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_corpus: %s\n", error.what());
    return 1;
  }
  return 0;
}
