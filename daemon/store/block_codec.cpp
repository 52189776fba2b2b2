#include "daemon/store/block_codec.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "daemon/store/block_v1.h"
#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/doubles.h"
#include "daemon/store/codec/ints.h"

namespace telltale::store {

namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kHasMarks = 1;
constexpr std::uint8_t kHasTexts = 2;

core::Error corrupt(const char* what) {
  return core::make_error(core::ErrorCode::kCorrupt, std::string("a block is damaged: ") + what);
}

bool all_plain(const Column& column) {
  return std::all_of(column.marks.begin(), column.marks.end(), [](Mark mark) { return mark == 0; });
}

std::string body_of(const Column& column, Effort effort) {
  const bool marks = !all_plain(column);
  const bool texts = !column.texts.which.empty();
  std::string out;
  put_doubles(out, column.values, effort, marks || texts);
  if (!marks && !texts) return out;
  out.push_back(static_cast<char>((marks ? kHasMarks : 0) | (texts ? kHasTexts : 0)));
  if (marks) put_marks(out, column.marks);
  if (texts) put_texts(out, column.texts, effort);
  return out;
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
  if (!in.ok() || flags > (kHasMarks | kHasTexts)) return corrupt("the marks");
  if ((flags & kHasMarks) != 0) {
    out.marks.resize(out.times.size());
    if (!take_marks(in, out.marks)) return corrupt("the marks");
  }
  if ((flags & kHasTexts) != 0 && !take_texts(in, out.times.size(), out.texts)) return corrupt("the texts");
  return {};
}

}  // namespace

void BlockBuilder::add(core::SeriesId series, const Column& column) {
  auto group =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& other) { return other.times == column.times; });
  if (group == groups_.end()) {
    group = groups_.insert(groups_.end(), Group{column.times, {}, {}});
    put_ints(group->time_bytes, column.times, effort_);
    bytes_ += group->time_bytes.size() + 8;
  }
  group->parts.push_back({series, body_of(column, effort_)});
  bytes_ += group->parts.back().body.size() + 3;
}

std::string BlockBuilder::finish() {
  std::string data(1, static_cast<char>(kVersion));
  ByteWriter bytes(data);
  bytes.varint(groups_.size());
  for (const Group& group : groups_) {
    const auto& times = group.times;
    bytes.varint(times.size());
    bytes.text(group.time_bytes);
    if (times.size() > 1) bytes.varint(static_cast<std::uint64_t>(wrapping_sub(times.back(), times.front())));
    bytes.varint(group.parts.size());
    std::uint32_t previous = 0;
    for (const Part& part : group.parts) {
      bytes.varint(part.series.value - previous);
      bytes.varint(part.body.size());
      previous = part.series.value;
    }
    for (const Part& part : group.parts) data += part.body;
  }
  bytes.fixed(block_checksum(data));
  groups_.clear();
  bytes_ = 0;
  return data;
}

std::string encode_columns(const std::vector<SeriesColumn>& columns, Effort effort) {
  BlockBuilder builder(effort);
  for (const SeriesColumn& column : columns) builder.add(column.series, column.column);
  return builder.finish();
}

std::string encode_block(const std::vector<Point>& points, Effort effort) {
  return encode_columns(columns_of(points), effort);
}

std::uint32_t block_checksum(std::string_view data) {
  std::uint64_t hash = 0x746c6c74ULL ^ data.size();
  while (!data.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(data.size(), 8);
    std::memcpy(&word, data.data(), size);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29U;
    data.remove_prefix(size);
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor) {
  ByteReader in(data.substr(0, data.size() - std::min(data.size(), sizeof(std::uint32_t))));
  const auto version = in.fixed<std::uint8_t>();
  if (!data.empty() && data.front() == kBlockVersion1) return visit_block_v1(data.substr(1), visitor);
  if (!in.ok() || version != kVersion) return corrupt("its version is unknown");
  ByteReader end(data.substr(in.left() + 1));
  if (end.fixed<std::uint32_t>() != block_checksum(data.substr(0, in.left() + 1))) return corrupt("its checksum");
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
