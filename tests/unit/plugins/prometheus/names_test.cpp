#include "plugins/prometheus/names.h"

#include <algorithm>
#include <regex>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/outgoing.h"

namespace telltale::prometheus {
namespace {

using test::Outgoing;

TEST(PrometheusNames, AreValid) {
  struct Case {
    const char* prefix;
    const char* name;
    const char* expected;
  };
  for (const Case& one : {Case{"", "press7.oil.temperature", "press7_oil_temperature"}, Case{"", "7up", "_7up"},
                          Case{"plant_", "7up", "plant_7up"}, Case{"", "a:b", "a:b"}, Case{"", "öl.druck", "_l_druck"},
                          Case{"", "温度", "__"}, Case{"", "a b-c/d", "a_b_c_d"}, Case{"", "", "_"}}) {
    EXPECT_EQ(metric_name(one.prefix, one.name), one.expected);
  }
}

TEST(PrometheusNames, AreSortedWithoutTwinsAndWithoutWhatIsEmpty) {
  Outgoing out;
  const auto& series = out.series("a.b", TELLTALE_KIND_GAUGE,
                                  {{"Zone", "1"}, {"unit", "own"}, {"series", "s"}, {"__x", "y"}, {"empty", ""}}, "°C");
  const Labels expected{{"Zone", "1"},         {"__name__", "a_b"},   {"label___x", "y"},
                        {"label_series", "s"}, {"label_unit", "own"}, {"unit", "°C"}};
  EXPECT_EQ(labels_of(series, Names::kMetric, ""), expected);
  const auto& twins = out.series("a", TELLTALE_KIND_GAUGE, {{"label_unit", "1"}, {"unit", "2"}});
  EXPECT_EQ(labels_of(twins, Names::kMetric, ""), (Labels{{"__name__", "a"}, {"label_unit", "1"}}));
}

TEST(PrometheusNames, StandInALabelWhenAsked) {
  Outgoing out;
  EXPECT_EQ(labels_of(out.series("a.b"), Names::kLabel, "plant_"),
            (Labels{{"__name__", "plant_telltale_reading"}, {"series", "a.b"}}));
}

RC_GTEST_PROP(PrometheusNames, OfAnythingPrometheusTakes, (const std::string& name, const std::string& label)) {
  Outgoing out;
  const auto& series = out.series(name, TELLTALE_KIND_GAUGE, {{label, "x"}, {label + "2", "y"}});
  const Labels labels = labels_of(series, Names::kMetric, "");
  static const std::regex kMetric("[a-zA-Z_:][a-zA-Z0-9_:]*");
  static const std::regex kPlain("[a-zA-Z_][a-zA-Z0-9_]*");
  RC_ASSERT(std::is_sorted(labels.begin(), labels.end()));
  for (const auto& [key, value] : labels) {
    RC_ASSERT(std::regex_match(key, kPlain));
    const bool is_name = key == "__name__";
    if (is_name) RC_ASSERT(std::regex_match(value, kMetric));
    RC_ASSERT(is_name != !key.starts_with("__"));
  }
}

}  // namespace
}  // namespace telltale::prometheus
