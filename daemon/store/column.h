// The readings of one series, by columns. Values; no thread of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/ids.h"
#include "daemon/store/codec/texts.h"
#include "daemon/store/point.h"

namespace telltale::store {

struct Column {
  std::vector<std::int64_t> times;
  std::vector<double> values;
  std::vector<Mark> marks;  // empty: all good, and of our clock
  TextColumn texts;         // `which` empty: none has one

  [[nodiscard]] std::size_t size() const { return times.size(); }
  [[nodiscard]] Mark mark(std::size_t i) const { return marks.empty() ? Mark{0} : marks[i]; }
  // Null: the reading has none.
  [[nodiscard]] const std::string* text(std::size_t i) const {
    if (texts.which.empty() || texts.which[i] == 0) return nullptr;
    return &texts.words[static_cast<std::size_t>(texts.which[i]) - 1];
  }
  void clear();
  void add(std::int64_t time, double value, Mark mark, const std::string* text);
  void append(const Column& other);
  // Into the order of time; of several readings of one time the last that was added stays. How many went.
  std::size_t sort_and_unite();
  [[nodiscard]] Column slice(std::size_t begin, std::size_t end) const;
};

struct SeriesColumn {
  core::SeriesId series{};
  Column column;
};

// `points` sorted by series. A column holds at most kMaxColumnValues; what is more begins another.
[[nodiscard]] std::vector<SeriesColumn> columns_of(const std::vector<Point>& points);

}  // namespace telltale::store
