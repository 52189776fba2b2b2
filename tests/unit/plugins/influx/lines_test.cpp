#include "plugins/influx/lines.h"

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <telltale/cpp/text.hpp>

namespace telltale::influx {
namespace {

std::string line_of(std::string_view name, std::uint32_t kind, double value, std::string_view text = {},
                    std::string_view label = {}, std::uint32_t quality = TELLTALE_QUALITY_GOOD) {
  const std::array<telltale_label, 1> labels{{{to_str("line"), to_str(label)}}};
  telltale_series series{};
  series.name = to_str(name);
  series.unit = to_str("°C");
  series.kind = kind;
  series.labels = labels.data();
  series.label_count = label.empty() ? 0 : 1;
  std::string out;
  const bool said = append_line(out, {&series, to_str(text), 1'700'000'000'000'000'001, value, quality, 0});
  EXPECT_EQ(said, !out.empty());
  return out;
}

TEST(InfluxLines, SaysNumbersTextsAndStates) {
  EXPECT_EQ(line_of("press.oil", TELLTALE_KIND_GAUGE, 0.1, {}, "a"),
            "press.oil,line=a,unit=°C value=0.1 1700000000000000001\n");
  EXPECT_EQ(line_of("note", TELLTALE_KIND_EVENT, 0, "it \"began\" \\"),
            "note,unit=°C value=\"it \\\"began\\\" \\\\\" 1700000000000000001\n");
  EXPECT_EQ(line_of("mode", TELLTALE_KIND_STATE, 2, "idle"),
            "mode,unit=°C value=2,state=\"idle\" 1700000000000000001\n");
}

TEST(InfluxLines, EscapesWhatWouldEndATagOrAName) {
  EXPECT_EQ(line_of("a b,c", TELLTALE_KIND_GAUGE, 1, {}, "x y,z=1"),
            "a\\ b\\,c,line=x\\ y\\,z\\=1,unit=°C value=1 1700000000000000001\n");
  EXPECT_EQ(line_of("a", TELLTALE_KIND_GAUGE, 1, {}, "end\\"), "a,line=end\\\\ ,unit=°C value=1 1700000000000000001\n");
}

TEST(InfluxLines, LeavesOutWhatHasNoValue) {
  EXPECT_EQ(line_of("a", TELLTALE_KIND_GAUGE, 0, {}, {}, TELLTALE_QUALITY_BAD), "");
  EXPECT_EQ(line_of("a", TELLTALE_KIND_GAUGE, std::numeric_limits<double>::infinity()), "");
}

}  // namespace
}  // namespace telltale::influx
