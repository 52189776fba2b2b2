#include "daemon/store/gather.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/store/journal_codec.h"

namespace telltale::store {

Gathered gather(const Journal& journal, std::uint64_t from, std::uint64_t to, std::size_t most,
                std::uint64_t most_bytes, Corrections corrections) {
  Gathered out;
  out.end = from;
  const auto take = [&](std::int64_t time, double value, core::SeriesId series, Mark mark,
                        std::optional<std::string_view> text) {
    out.points.push_back({time, value, series, mark, text.has_value(), std::string(text.value_or(""))});
  };
  while (out.end < to && out.points.size() < most && out.end - from < most_bytes) {
    const auto record = journal.next(out.end);
    if (!record || record->end > to) {
      out.damaged += to - out.end;
      out.end = to;
      break;
    }
    bool good = true;
    if (record->type == RecordType::kCorrection && corrections == Corrections::kApart) {
      if (out.end != from) break;
      out.correction = decode_correction(record->payload);
      if (!out.correction) out.damaged = record->end - from;
      out.end = record->end;
      break;
    }
    if (record->type == RecordType::kReadings) good = decode_readings(record->payload, take);
    if (record->type == RecordType::kSeries) {
      auto series = decode_series(record->payload);
      good = series.has_value();
      if (good) out.series.insert_or_assign(series->id.value, std::move(*series));
    }
    if (!good) out.damaged += record->end - out.end;
    out.end = record->end;
  }
  return out;
}

std::uint64_t sort_and_unite(std::vector<Point>& points) {
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return std::tie(a.series, a.time) < std::tie(b.series, b.time);
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool again =
        kept > 0 && points[kept - 1].time == points[i].time && points[kept - 1].series == points[i].series;
    if (!again) ++kept;
    if (kept - 1 != i) points[kept - 1] = std::move(points[i]);
  }
  const std::uint64_t gone = points.size() - kept;
  points.resize(kept);
  return gone;
}

}  // namespace telltale::store
