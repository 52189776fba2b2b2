// A store in a directory of its own, a clock moved by hand, and short ways to put readings in and get them out.
#pragma once

#include <bit>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/store/store.h"
#include "tests/support/manual_clock.h"

namespace telltale::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // In memory where there is room for it: what a sync costs is not what these tests are about.
    const std::filesystem::path memory = "/dev/shm";
    const auto home = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (home / "telltale-store-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline store::StoreOptions options_in(const TemporaryDirectory& directory) {
  store::StoreOptions options;
  options.state_dir = directory.path() / "state";
  options.run_dir = directory.path() / "run";
  options.journal_bytes = 1U << 20U;
  return options;
}

inline core::Logger quiet() { return {core::make_null_sink(), "store"}; }

inline std::unique_ptr<store::Store> open_store(const store::StoreOptions& options, const core::Clock& clock) {
  auto opened = store::Store::open(options, clock, quiet());
  if (!opened) {
    ADD_FAILURE() << opened.error().text();
    return nullptr;
  }
  return std::move(*opened);
}

inline core::SeriesPtr series(std::uint32_t id, core::SeriesKind kind = core::SeriesKind::kGauge) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id.value = id;
  info->key_text = "series" + std::to_string(id);
  info->input = "test";
  info->declaration.key.name = info->key_text;
  info->declaration.kind = kind;
  return info;
}

inline core::WallTime at(std::int64_t ns) { return core::WallTime(core::Duration(ns)); }

inline core::Reading reading(std::uint32_t id, std::int64_t ns, double value,
                             core::Quality quality = core::Quality::kGood) {
  core::Reading out;
  out.series.value = id;
  out.time = at(ns);
  out.value = value;
  out.quality = quality;
  return out;
}

inline core::Result<std::uint64_t> append_one(store::Store& store, std::uint32_t id, std::int64_t ns, double value) {
  core::ReadingBatch batch;
  batch.add(reading(id, ns, value));
  return store.append(batch);
}

inline core::HistoryQuery raw_query(std::vector<core::SeriesPtr> chosen, std::int64_t from = INT64_MIN,
                                    std::int64_t to = INT64_MAX) {
  core::HistoryQuery query;
  query.series = std::move(chosen);
  query.from = at(from);
  query.to = at(to);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  return query;
}

// Times and bits of the values of one series.
using Rows = std::vector<std::pair<std::int64_t, std::uint64_t>>;

inline Rows rows_of(const core::HistorySeries& column) {
  Rows rows;
  for (std::size_t i = 0; i < column.times.size(); ++i) {
    rows.emplace_back(column.times[i].time_since_epoch().count(), std::bit_cast<std::uint64_t>(column.values[0][i]));
  }
  return rows;
}

inline Rows all_rows(store::Store& store, std::uint32_t id) {
  auto result = store.query(raw_query({series(id)}));
  if (!result) {
    ADD_FAILURE() << result.error().text();
    return {};
  }
  return rows_of(result->series[0]);
}

}  // namespace telltale::test
