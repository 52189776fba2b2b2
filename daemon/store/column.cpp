#include "daemon/store/column.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace telltale::store {

namespace {

constexpr std::ptrdiff_t kRecentWords = 64;

}  // namespace

void Column::clear() {
  times.clear();
  values.clear();
  marks.clear();
  texts.words.clear();
  texts.which.clear();
}

void Column::add(std::int64_t time, double value, Mark mark, const std::string* text) {
  times.push_back(time);
  values.push_back(value);
  if (!marks.empty() || mark != 0) {
    marks.resize(times.size() - 1);
    marks.push_back(mark);
  }
  if (texts.which.empty() && text == nullptr) return;
  texts.which.resize(times.size());
  if (text == nullptr) return;
  // Only the last few are looked through: events that all differ must not cost the square of their number.
  auto& words = texts.words;
  const auto recent = words.end() - std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(words.size()), kRecentWords);
  const auto known = std::find(recent, words.end(), *text);
  texts.which.back() = known - words.begin() + 1;
  if (known == words.end()) words.push_back(*text);
}

void Column::append(const Column& other) {
  if (other.texts.which.empty() && texts.which.empty() && other.marks.empty() && marks.empty()) {
    times.insert(times.end(), other.times.begin(), other.times.end());
    values.insert(values.end(), other.values.begin(), other.values.end());
    return;
  }
  for (std::size_t i = 0; i < other.size(); ++i) add(other.times[i], other.values[i], other.mark(i), other.text(i));
}

std::size_t Column::sort_and_unite() {
  const auto not_behind = [](std::int64_t a, std::int64_t b) { return a >= b; };
  if (std::adjacent_find(times.begin(), times.end(), not_behind) == times.end()) return 0;
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  Column sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && times[order[i + 1]] == times[order[i]]) continue;
    sorted.add(times[order[i]], values[order[i]], mark(order[i]), text(order[i]));
  }
  const std::size_t gone = size() - sorted.size();
  *this = std::move(sorted);
  return gone;
}

Column Column::slice(std::size_t begin, std::size_t end) const {
  Column out;
  const auto from = static_cast<std::ptrdiff_t>(begin);
  const auto to = static_cast<std::ptrdiff_t>(end);
  if (marks.empty() && texts.which.empty()) {
    out.times.assign(times.begin() + from, times.begin() + to);
    out.values.assign(values.begin() + from, values.begin() + to);
    return out;
  }
  for (std::size_t i = begin; i < end; ++i) out.add(times[i], values[i], mark(i), text(i));
  return out;
}

std::vector<SeriesColumn> columns_of(const std::vector<Point>& points) {
  std::vector<SeriesColumn> columns;
  for (const Point& point : points) {
    const bool full = !columns.empty() && columns.back().column.size() >= kMaxColumnValues;
    if (columns.empty() || columns.back().series != point.series || full) columns.push_back({point.series, {}});
    columns.back().column.add(point.time, point.value, point.mark, point.has_text ? &point.text : nullptr);
  }
  return columns;
}

}  // namespace telltale::store
