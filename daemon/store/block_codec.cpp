#include "daemon/store/block_codec.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "daemon/store/block_v1.h"
#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/doubles.h"
#include "daemon/store/codec/ints.h"

namespace telltale::store {

namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kHasQualities = 1;
constexpr std::uint8_t kHasTexts = 2;
constexpr std::ptrdiff_t kRecentWords = 64;

core::Error corrupt(const char* what) {
  return core::make_error(core::ErrorCode::kCorrupt, std::string("a block is damaged: ") + what);
}

bool all_good(const Column& column) {
  return std::all_of(column.qualities.begin(), column.qualities.end(),
                     [](std::uint8_t quality) { return quality == 0; });
}

std::string body_of(const Column& column, Effort effort) {
  const bool qualities = !all_good(column);
  const bool texts = !column.texts.which.empty();
  std::string out;
  put_doubles(out, column.values, effort, qualities || texts);
  if (!qualities && !texts) return out;
  out.push_back(static_cast<char>((qualities ? kHasQualities : 0) | (texts ? kHasTexts : 0)));
  if (qualities) put_qualities(out, column.qualities);
  if (texts) put_texts(out, column.texts, effort);
  return out;
}

using Group = std::vector<const SeriesColumn*>;

void put_group(std::string& out, const Group& group, Effort effort) {
  const std::vector<std::int64_t>& times = group.front()->column.times;
  std::string time_bytes;
  put_ints(time_bytes, times, effort);
  ByteWriter bytes(out);
  bytes.varint(times.size());
  bytes.text(time_bytes);
  if (times.size() > 1) bytes.varint(static_cast<std::uint64_t>(wrapping_sub(times.back(), times.front())));
  bytes.varint(group.size());
  std::vector<std::string> bodies;
  std::uint32_t previous = 0;
  for (const SeriesColumn* column : group) {
    bodies.push_back(body_of(column->column, effort));
    bytes.varint(column->series.value - previous);
    bytes.varint(bodies.back().size());
    previous = column->series.value;
  }
  for (const std::string& body : bodies) out += body;
}

// The first time is the first of the column's varints, behind its mode byte.
std::int64_t first_time(std::string_view times) {
  ByteReader in(times);
  (void)in.fixed<std::uint8_t>();
  return in.signed_varint();
}

struct Part {
  std::uint32_t series;
  std::uint64_t bytes;
};

core::Result<std::vector<Part>> take_parts(ByteReader& in) {
  const std::uint64_t size = in.varint();
  if (!in.ok() || size == 0 || size > in.left()) return corrupt("the number of its series");
  std::vector<Part> parts;
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t step = in.varint();
    const std::uint64_t bytes = in.varint();
    if (!in.ok() || step > std::numeric_limits<std::uint32_t>::max()) return corrupt("the head of a series");
    id += step;
    if (id > std::numeric_limits<std::uint32_t>::max()) return corrupt("the id of a series");
    parts.push_back({static_cast<std::uint32_t>(id), bytes});
  }
  return parts;
}

core::Result<void> visit_group(ByteReader& in, const BlockVisitor& visitor) {
  BlockHead head;
  head.version = kVersion;
  head.count = in.varint();
  head.times = in.text();
  if (!in.ok() || head.count == 0 || head.count > kMaxColumnValues) return corrupt("the number of readings");
  head.first = first_time(head.times);
  head.last = head.count > 1 ? wrapping_add(head.first, static_cast<std::int64_t>(in.varint())) : head.first;
  auto parts = take_parts(in);
  if (!parts) return parts.error();
  for (const Part& part : *parts) {
    const std::string_view body = in.take(part.bytes);
    if (!in.ok()) return corrupt("the body of a series");
    head.series.value = part.series;
    if (auto visited = visitor(head, body); !visited) return visited;
  }
  return {};
}

core::Result<void> take_extras(ByteReader& in, Column& out) {
  const auto flags = in.fixed<std::uint8_t>();
  if (!in.ok() || flags > (kHasQualities | kHasTexts)) return corrupt("the qualities");
  if ((flags & kHasQualities) != 0) {
    out.qualities.resize(out.times.size());
    if (!take_qualities(in, out.qualities)) return corrupt("the qualities");
  }
  if ((flags & kHasTexts) != 0 && !take_texts(in, out.times.size(), out.texts)) return corrupt("the texts");
  return {};
}

}  // namespace

void Column::clear() {
  times.clear();
  values.clear();
  qualities.clear();
  texts.words.clear();
  texts.which.clear();
}

void Column::add(Point point) {
  times.push_back(point.time);
  values.push_back(point.value);
  if (!qualities.empty() || point.quality != core::Quality::kGood) {
    qualities.resize(times.size() - 1);
    qualities.push_back(static_cast<std::uint8_t>(point.quality));
  }
  if (!texts.which.empty() || point.has_text) {
    texts.which.resize(times.size());
    if (!point.has_text) return;
    // Only the last few are looked through: events that all differ must not cost the square of their number.
    const auto recent = texts.words.size() > kRecentWords ? texts.words.end() - kRecentWords : texts.words.begin();
    const auto known = std::find(recent, texts.words.end(), point.text);
    texts.which.back() = known - texts.words.begin() + 1;
    if (known == texts.words.end()) texts.words.push_back(std::move(point.text));
  }
}

std::string encode_columns(const std::vector<SeriesColumn>& columns, Effort effort) {
  std::map<std::pair<std::int64_t, std::size_t>, std::vector<Group>> by_times;
  for (const SeriesColumn& column : columns) {
    const auto& times = column.column.times;
    auto& groups = by_times[{times.front(), times.size()}];
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&](const Group& group) { return group.front()->column.times == times; });
    if (same != groups.end()) {
      same->push_back(&column);
    } else {
      groups.push_back({&column});
    }
  }
  std::string data(1, static_cast<char>(kVersion));
  std::size_t count = 0;
  for (const auto& [key, groups] : by_times) count += groups.size();
  ByteWriter(data).varint(count);
  for (const auto& [key, groups] : by_times) {
    for (const Group& group : groups) put_group(data, group, effort);
  }
  return data;
}

std::vector<SeriesColumn> columns_of(const std::vector<Point>& points) {
  std::vector<SeriesColumn> columns;
  for (const Point& point : points) {
    const bool full = !columns.empty() && columns.back().column.times.size() >= kMaxColumnValues;
    if (columns.empty() || columns.back().series != point.series || full) columns.push_back({point.series, {}});
    columns.back().column.add(point);
  }
  return columns;
}

std::string encode_block(const std::vector<Point>& points, Effort effort) {
  return encode_columns(columns_of(points), effort);
}

core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor) {
  ByteReader in(data);
  const auto version = in.fixed<std::uint8_t>();
  if (in.ok() && version == kBlockVersion1) return visit_block_v1(in.rest(), visitor);
  if (!in.ok() || version != kVersion) return corrupt("its version is unknown");
  const std::uint64_t groups = in.varint();
  if (!in.ok() || groups > in.left()) return corrupt("the number of its groups");
  for (std::uint64_t i = 0; i < groups; ++i) {
    if (auto done = visit_group(in, visitor); !done) return done;
  }
  if (in.left() != 0) return corrupt("bytes after its end");
  return {};
}

core::Result<void> decode_column(const BlockHead& head, std::string_view body, Column& out) {
  out.clear();
  if (head.version == kBlockVersion1) return decode_column_v1(head, body, out);
  if (head.count == 0 || head.count > kMaxColumnValues) return corrupt("the number of readings");
  out.times.resize(head.count);
  out.values.resize(head.count);
  ByteReader times(head.times);
  if (!take_ints(times, out.times) || times.left() != 0 || out.times.back() != head.last) return corrupt("the times");
  ByteReader in(body);
  bool extras = false;
  if (!take_doubles(in, out.values, extras)) return corrupt("the values");
  if (extras) {
    if (auto done = take_extras(in, out); !done) return done;
  }
  if (in.left() != 0) return corrupt("bytes after the end of a series");
  return {};
}

}  // namespace telltale::store
