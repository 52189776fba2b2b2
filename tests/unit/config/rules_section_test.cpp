#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/load.h"
#include "tests/support/fake_catalog.h"

namespace telltale::config {
namespace {

using namespace std::chrono_literals;
using core::RuleSpec;
using testing::ElementsAre;
using testing::HasSubstr;

Outcome load_text(std::string text) {
  test::FakeCatalog plugins;
  return load({"telltale.yaml", std::move(text)}, SecretSources{}, plugins);
}

TEST(RulesSection, ReadsWhatIsWritten) {
  const auto outcome = load_text(R"(
notify:
  - {id: ops, webhook: {url: "http://127.0.0.1:9/"}}
  - {id: horn, command: [/bin/true]}
rules:
  - {name: oil hot, when: "press7.oil.temperature@mean_1m > 80", clear: "press7.oil.temperature@mean_1m < 75", for: 30s, severity: warning}
  - {name: plc quiet, series: "plc.*", silent: auto, keep: 5s, parent: oil hot, notify: [ops, horn]}
  - name: sensor stuck
    series: tank.level
    stuck: 2h
    severity: critical
    message: Look at the float.
    active: {days: mon-fri, from: "06:00", to: "22:00"}
    quiet: [{from: "22:00", to: "06:00"}, {days: sun}]
    zone: Europe/Berlin
    notify: []
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  EXPECT_EQ(outcome.report, "");
  const auto& rules = outcome.config->rules;
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].kind, RuleSpec::Kind::kWhen);
  EXPECT_EQ(rules[0].hold, 30s);
  EXPECT_EQ(rules[0].clear->references.size(), 1U);
  EXPECT_EQ(rules[1].kind, RuleSpec::Kind::kSilent);
  EXPECT_EQ(rules[1].limit, 0s);
  EXPECT_THAT(rules[1].notify, ElementsAre("ops", "horn"));
  EXPECT_FALSE(rules[1].notify_nobody);
  EXPECT_EQ(rules[2].limit, 2h);
  EXPECT_EQ(rules[2].severity, core::Severity::kCritical);
  EXPECT_THAT(rules[2].active, ElementsAre(core::WeekSpan{0x1f, 360, 1320}));
  ASSERT_EQ(rules[2].quiet.size(), 2U);
  EXPECT_TRUE(rules[2].notify_nobody);
}

TEST(RulesSection, PointsAtEveryMistake) {
  struct Case {
    const char* text;
    const char* place;
    const char* says;
  };
  const Case cases[] = {
      {"rules: [{name: a, when: b, sevrity: info}]", ":1:28", "did you mean 'severity'?"},
      {"rules: [{name: a, when: b, severity: loud}]", ":1:38", "one of info, warning, critical"},
      {"rules: [{name: a}]", ":1:9", "one of 'when', 'silent' and 'stuck'"},
      {"rules: [{name: a, when: b, silent: 5m}]", ":1:9", "one of 'when', 'silent' and 'stuck'"},
      {"rules: [{name: a, silent: 5m}]", ":1:27", "'silent' needs 'series'"},
      {"rules: [{name: a, silent: soon, series: b}]", ":1:27", "or auto"},
      {"rules: [{name: a, stuck: auto, series: b}]", ":1:26", "'stuck' is a duration"},
      {"rules: [{name: a, stuck: 5m, series: b@mean_1m}]", ":1:38", "without @"},
      {"rules: [{name: a, when: b, series: c}]", ":1:28", "'series' is of 'silent' and 'stuck'"},
      {"rules: [{name: a, stuck: 5m, series: b, clear: c}]", ":1:41", "'clear' is of 'when'"},
      {"rules: [{name: a, when: \"b > \"}]", ":1:30", "ends too early"},
      {"rules: [{name: a, when: b, clear: \"c + foo(d)\"}]", ":1:40", "no function 'foo'"},
      {"rules: [{name: a, when: energy(b)}]", ":1:25", "make it a derived series"},
      {"rules: [{name: a/b, when: c}]", ":1:16", "without '/'"},
      {"rules: [{name: a, when: b, parent: c}]", ":1:36", "no rule 'c'"},
      {"rules: [{name: a, when: b, parent: c}, {name: c, when: d, parent: a}]", ":1:36", "in a circle"},
      {"rules: [{name: a, when: b}, {name: a, when: c}]", ":1:36", "is used twice"},
      {"rules: [{name: a, when: b, zone: Mars/Base}]", ":1:34", "Mars/Base"},
      {"rules: [{name: a, when: b, quiet: {from: '25:00'}}]", ":1:42", "\"06:00\""},
  };
  for (const Case& one : cases) {
    const auto outcome = load_text(one.text);
    EXPECT_FALSE(outcome.config) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(std::string("telltale.yaml") + one.place + ": error: ")) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(one.says)) << one.text;
  }
}

}  // namespace
}  // namespace telltale::config
