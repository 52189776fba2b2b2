#include "daemon/store/block_v1.h"

#include <array>
#include <limits>
#include <string>

#include "daemon/store/codec/bytes.h"

namespace telltale::store {

namespace {

constexpr std::uint8_t kRawValues = 0xff;
constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr std::array<std::int64_t, 4> kUnits = {1, 1'000, 1'000'000, 1'000'000'000};
constexpr std::uint64_t kMaxSeries = 1U << 24U;

core::Error corrupt(const char* what) {
  return core::make_error(core::ErrorCode::kCorrupt, std::string("a block is damaged: ") + what);
}

core::Result<void> take_times(ByteReader& in, const BlockHead& head, Column& out) {
  const auto unit = in.fixed<std::uint8_t>();
  if (!in.ok() || unit >= kUnits.size()) return corrupt("the unit of the times");
  std::int64_t time = head.first;
  std::int64_t delta = 0;
  for (std::size_t i = 0; i < out.times.size(); ++i) {
    if (i > 0) {
      delta = wrapping_add(delta, in.signed_varint());
      time = wrapping_add(time, wrapping_mul(delta, kUnits.at(unit)));
    }
    out.times[i] = time;
  }
  if (!in.ok() || time != head.last) return corrupt("the times");
  return {};
}

core::Result<void> take_values(ByteReader& in, Column& out) {
  const auto form = in.fixed<std::uint8_t>();
  if (form != kRawValues && form >= kPowers.size()) return corrupt("the form of the values");
  std::int64_t integer = 0;
  for (double& value : out.values) {
    if (form == kRawValues) {
      value = in.fixed<double>();
      continue;
    }
    integer = wrapping_add(integer, in.signed_varint());
    value = static_cast<double>(integer) / kPowers.at(form);
  }
  if (!in.ok()) return corrupt("the values");
  return {};
}

core::Result<void> take_texts_v1(ByteReader& in, Column& out) {
  const auto any = in.fixed<std::uint8_t>();
  if (!in.ok() || any > 1) return corrupt("the texts");
  if (any == 1) out.texts.which.resize(out.times.size());
  for (std::int64_t& which : out.texts.which) {
    const std::uint64_t length = in.varint();
    if (length == 0) continue;
    out.texts.words.emplace_back(in.take(length - 1));
    which = static_cast<std::int64_t>(out.texts.words.size());
  }
  if (!in.ok() || in.left() != 0) return corrupt("the texts");
  return {};
}

}  // namespace

core::Result<void> visit_block_v1(std::string_view data, const BlockVisitor& visitor) {
  ByteReader in(data);
  const std::uint64_t series = in.varint();
  if (!in.ok() || series > kMaxSeries) return corrupt("the number of its series");
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < series; ++i) {
    BlockHead head;
    head.version = kBlockVersion1;
    const std::uint64_t step = in.varint();
    head.count = in.varint();
    head.first = in.signed_varint();
    head.last = wrapping_add(head.first, static_cast<std::int64_t>(in.varint()));
    const std::string_view body = in.text();
    if (!in.ok() || step > std::numeric_limits<std::uint32_t>::max()) return corrupt("the head of a series");
    id += step;
    if (id > std::numeric_limits<std::uint32_t>::max()) return corrupt("the id of a series");
    if (head.count == 0 || head.count > body.size()) return corrupt("the number of readings");
    head.series.value = static_cast<std::uint32_t>(id);
    if (auto visited = visitor(head, body); !visited) return visited.error();
  }
  if (in.left() != 0) return corrupt("bytes after its end");
  return {};
}

core::Result<void> decode_column_v1(const BlockHead& head, std::string_view body, Column& out) {
  // Regular times cost one byte each: the bytes bound the count.
  if (head.count > body.size()) return corrupt("the number of readings");
  out.times.resize(head.count);
  out.values.resize(head.count);
  out.marks.resize(head.count);
  ByteReader in(body);
  auto done = take_times(in, head, out);
  if (done) done = take_values(in, out);
  if (done && !take_marks(in, out.marks)) done = corrupt("the marks");
  if (done) done = take_texts_v1(in, out);
  return done;
}

}  // namespace telltale::store
