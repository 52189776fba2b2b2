#include "daemon/store/block_codec.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "daemon/store/bytes.h"

namespace telltale::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kRawValues = 0xff;
constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr std::array<std::int64_t, 4> kUnits = {1, 1'000, 1'000'000, 1'000'000'000};
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
// A run of a quality is two bytes whatever its length, and regular times cost one byte each: a count is bounded by the
// bytes of its times and values.
constexpr std::uint64_t kMaxSeries = 1U << 24U;

using Run = std::span<const Point>;

core::Error corrupt(const char* what) {
  return core::make_error(core::ErrorCode::kCorrupt, std::string("a block is damaged: ") + what);
}

std::uint8_t time_unit(Run run) {
  for (std::uint8_t unit = 3; unit > 0; --unit) {
    bool fits = true;
    for (std::size_t i = 1; i < run.size() && fits; ++i) {
      fits = wrapping_sub(run[i].time, run[i - 1].time) % kUnits.at(unit) == 0;
    }
    if (fits) return unit;
  }
  return 0;
}

void put_times(ByteWriter& out, Run run) {
  const std::uint8_t unit = time_unit(run);
  out.fixed(unit);
  std::int64_t previous = 0;
  for (std::size_t i = 1; i < run.size(); ++i) {
    const std::int64_t delta = wrapping_sub(run[i].time, run[i - 1].time) / kUnits.at(unit);
    out.signed_varint(wrapping_sub(delta, previous));
    previous = delta;
  }
}

std::optional<std::int64_t> scaled(double value, std::size_t exponent) {
  const double number = std::nearbyint(value * kPowers.at(exponent));
  if (!(std::abs(number) < kExactIntegers)) return std::nullopt;  // also NaN
  const auto integer = static_cast<std::int64_t>(number);
  const double back = static_cast<double>(integer) / kPowers.at(exponent);
  if (std::bit_cast<std::uint64_t>(back) != std::bit_cast<std::uint64_t>(value)) return std::nullopt;
  return integer;
}

// The smallest exponent at which every value is an integer, and gives the same bits back.
std::uint8_t value_form(Run run) {
  std::uint8_t exponent = 0;
  for (std::size_t i = 0; i < run.size();) {
    if (scaled(run[i].value, exponent)) {
      ++i;
    } else if (++exponent < kPowers.size()) {
      i = 0;
    } else {
      return kRawValues;
    }
  }
  return exponent;
}

void put_values(ByteWriter& out, Run run) {
  const std::uint8_t form = value_form(run);
  out.fixed(form);
  std::int64_t previous = 0;
  for (const Point& point : run) {
    if (form == kRawValues) {
      out.fixed(point.value);
      continue;
    }
    const std::int64_t integer = *scaled(point.value, form);
    out.signed_varint(integer - previous);
    previous = integer;
  }
}

void put_qualities(ByteWriter& out, Run run) {
  for (std::size_t begin = 0; begin < run.size();) {
    std::size_t end = begin;
    while (end < run.size() && run[end].quality == run[begin].quality) ++end;
    out.varint(end - begin);
    out.fixed(static_cast<std::uint8_t>(run[begin].quality));
    begin = end;
  }
}

void put_texts(ByteWriter& out, Run run) {
  bool any = false;
  for (const Point& point : run) any = any || point.has_text;
  out.fixed(static_cast<std::uint8_t>(any ? 1 : 0));
  if (!any) return;
  for (const Point& point : run) {
    out.varint(point.has_text ? point.text.size() + 1 : 0);
    if (point.has_text) {
      for (const char c : point.text) out.fixed(c);
    }
  }
}

core::Result<void> take_times(ByteReader& in, const BlockHead& head, std::span<Point> out) {
  const auto unit = in.fixed<std::uint8_t>();
  if (!in.ok() || unit >= kUnits.size()) return corrupt("the unit of the times");
  std::int64_t time = head.first;
  std::int64_t delta = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0) {
      delta = wrapping_add(delta, in.signed_varint());
      time = wrapping_add(time, wrapping_mul(delta, kUnits.at(unit)));
    }
    out[i].time = time;
    out[i].series = head.series;
  }
  if (!in.ok() || time != head.last) return corrupt("the times");
  return {};
}

core::Result<void> take_values(ByteReader& in, std::span<Point> out) {
  const auto form = in.fixed<std::uint8_t>();
  if (form != kRawValues && form >= kPowers.size()) return corrupt("the form of the values");
  std::int64_t integer = 0;
  for (Point& point : out) {
    if (form == kRawValues) {
      point.value = in.fixed<double>();
      continue;
    }
    integer = wrapping_add(integer, in.signed_varint());
    point.value = static_cast<double>(integer) / kPowers.at(form);
  }
  if (!in.ok()) return corrupt("the values");
  return {};
}

core::Result<void> take_qualities(ByteReader& in, std::span<Point> out) {
  for (std::size_t at = 0; at < out.size();) {
    const std::uint64_t length = in.varint();
    const auto quality = in.fixed<std::uint8_t>();
    if (!in.ok() || length == 0 || length > out.size() - at || quality > 3) return corrupt("the qualities");
    for (Point& point : out.subspan(at, length)) point.quality = static_cast<core::Quality>(quality);
    at += length;
  }
  return {};
}

core::Result<void> take_texts(ByteReader& in, std::span<Point> out) {
  const auto any = in.fixed<std::uint8_t>();
  if (!in.ok() || any > 1) return corrupt("the texts");
  for (Point& point : out.first(any == 1 ? out.size() : 0)) {
    const std::uint64_t length = in.varint();
    if (length == 0) continue;
    point.text = in.take(length - 1);
    point.has_text = true;
  }
  if (!in.ok() || in.left() != 0) return corrupt("the texts");
  return {};
}

void put_series(ByteWriter& out, Run run, std::uint32_t previous_id) {
  std::string body;
  ByteWriter inner(body);
  put_times(inner, run);
  put_values(inner, run);
  put_qualities(inner, run);
  put_texts(inner, run);
  out.varint(run.front().series.value - previous_id);
  out.varint(run.size());
  out.signed_varint(run.front().time);
  out.varint(static_cast<std::uint64_t>(wrapping_sub(run.back().time, run.front().time)));
  out.text(body);
}

}  // namespace

std::string encode_block(const std::vector<Point>& points) {
  std::vector<Run> runs;
  for (std::size_t begin = 0; begin < points.size();) {
    std::size_t end = begin;
    while (end < points.size() && points[end].series == points[begin].series) ++end;
    runs.push_back(Run(points).subspan(begin, end - begin));
    begin = end;
  }
  std::string data;
  ByteWriter out(data);
  out.fixed(kVersion);
  out.varint(runs.size());
  std::uint32_t previous = 0;
  for (const Run& run : runs) {
    put_series(out, run, previous);
    previous = run.front().series.value;
  }
  return data;
}

core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor) {
  ByteReader in(data);
  if (in.fixed<std::uint8_t>() != kVersion) return corrupt("its version is unknown");
  const std::uint64_t series = in.varint();
  if (!in.ok() || series > kMaxSeries) return corrupt("the number of its series");
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < series; ++i) {
    BlockHead head;
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

core::Result<void> decode_body(const BlockHead& head, std::string_view body, std::vector<Point>& out) {
  if (head.count > body.size()) return corrupt("the number of readings");
  const std::size_t before = out.size();
  out.resize(before + head.count);
  const auto points = std::span(out).subspan(before);
  ByteReader in(body);
  auto done = take_times(in, head, points);
  if (done) done = take_values(in, points);
  if (done) done = take_qualities(in, points);
  if (done) done = take_texts(in, points);
  if (!done) out.resize(before);
  return done;
}

}  // namespace telltale::store
