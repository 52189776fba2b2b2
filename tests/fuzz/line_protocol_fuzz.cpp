// Line protocol as strangers post it: the first byte chooses the options, the rest is the body.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <telltale/payload/line_series.hpp>
#include <telltale/payload/series_name.hpp>

using namespace telltale::payload;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

void check(const LinePoint& point, LineMapper& mapper) {
  expect(!point.measurement.empty() && !point.fields.empty() && !point.head.empty());
  mapper.begin(point);
  for (const LineField& field : point.fields) {
    const LineReading reading = mapper.map(field);
    expect(std::isfinite(reading.value) && !reading.name.empty());
    for (const char c : reading.name) expect(is_series_name_character(c));
    for (const LineTag& label : reading.labels) expect(is_label_name(label.key) && !label.value.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  LineOptions options;
  if ((data[0] & 1U) != 0) options.precision = TimePrecision::kSeconds;
  if ((data[0] & 2U) != 0) options = {options.precision, 32, 2, 3};
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  LineReader reader(body, options);
  LineMapper mapper;
  std::size_t line = 0;
  for (;;) {
    const LineReader::Step step = reader.next();
    if (step == LineReader::Step::kEnd) return 0;
    const bool is_point = step == LineReader::Step::kPoint;
    const std::size_t now = is_point ? reader.point().line : reader.error().line;
    expect(now > line);
    line = now;
    if (is_point) {
      check(reader.point(), mapper);
    } else {
      expect(!reader.error().reason.empty() && reader.error().column >= 1);
      expect(reader.error().column <= options.max_line_bytes + 1);
    }
  }
}
