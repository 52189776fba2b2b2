#include "daemon/config/dashboards.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::config {

namespace {

using testing::HasSubstr;

DashboardOutcome load_text(const std::string& text) { return load_dashboard({"oven.yaml", text}, "oven"); }

TEST(Dashboards, TakesTheShortestOneThatShowsSomething) {
  const auto outcome = load_text("panels:\n  - {y: oven.temperature}\n");
  EXPECT_EQ(outcome.report, "");
  EXPECT_EQ(outcome.document.find("panels")->children.size(), 1U);
}

TEST(Dashboards, TakesEverythingThatTheTableNames) {
  const auto outcome = load_text(R"(name: oven
title: Oven
span: 1h
variables: [{name: room, label: room, of: "oven.*", default: east}]
sections:
  - title: $room
    tab: Heat
    repeat: room
    folded: false
    panels:
      - {panel: lines, y: "oven.*{room=\"$room\"}", y2: [oven.power], overlay: [mean_1m, max_1h], band: true, percentiles: [p5-p95, p25-p75]}
      - {panel: gauge, y: oven.temperature, min: 0, max: 300, unit: °C, decimals: 1, thresholds: [{at: 250, level: critical, name: too hot}]}
      - {panel: text, text: "# Hello", place: [0, 4, 12, 2]}
      - {panel: alarms}
)");
  EXPECT_EQ(outcome.report, "");
}

TEST(Dashboards, NamesEveryMistakeWithItsPlace) {
  struct Case {
    std::string text;
    std::string place;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"pannels: []", "oven.yaml:1:1", "did you mean 'panels'?"},
      {"panels: [{y: a, panel: lins}]", ":1:24", "did you mean 'lines'?"},
      {"panels: [{panel: stat}]", ":1:18", "needs 'y'"},
      {"panels: [{title: a}]", ":1:10", "needs 'y'"},
      {"panels: [{panel: text}]", ":1:18", "needs 'text'"},
      {"panels: [{y: 'a{b='}]", ":1:14", "chooses no series"},
      {"panels: [{y: a, overlay: [mean_1m, meen_1m]}]", ":1:36", "is no overlay"},
      {"panels: [{y: a, overlay: mean_0s}]", ":1:26", "is no overlay"},
      {"panels: [{y: a, percentiles: [p5-p95, p95-p5]}]", ":1:39", "is no band"},
      {"panels: [{y: a, percentiles: p0-p100}]", ":1:30", "is no band"},
      {"panels: [{y: a, percentiles: p5-p95x}]", ":1:30", "is no band"},
      {"panels: [{y: a, percentiles: [p1-p99, p5-p95, p10-p90, p25-p75]}]", ":1:56", "at most three"},
      {"panels: [{y: a, place: [0, 0, 13, 1]}]", ":1:24", "inside of 12 columns"},
      {"panels: [{y: a, place: [0, 0, 2]}]", ":1:24", "four numbers"},
      {"panels: [{y: a, place: 3}]", ":1:24", "four numbers"},
      {"panels: [{y: a, place: [0, 0, 2, 99]}]", ":1:24", "from 1 to 40"},
      {"panels: [{y: a, thresholds: [{level: good}]}]", ":1:30", "'at' is missing"},
      {"panels: [{y: a, min: low}]", ":1:22", "must be a number"},
      {"panels: [{y: a, decimals: 12}]", ":1:27", "from 0 to 9"},
      {"variables: [{name: a}]", ":1:13", "needs 'label' or 'values'"},
      {"name: other\npanels: [{y: a}]", ":1:7", "called oven.yaml"},
      {"title: !secret password\n", ":1:8", "no '!secret'"},
      {"panels: [3]", ":1:10", "'panel' must be one of"},
      {"- a", ":1:1", "expected a section"},
      {"a: [", "oven.yaml:", "error"},
  };
  for (const Case& one : cases) {
    const auto outcome = load_text(one.text);
    EXPECT_TRUE(outcome.diagnostics.has_errors()) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(one.place)) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(one.reason)) << one.text;
  }
}

TEST(Dashboards, TellsAllMistakesAtOnce) {
  const auto outcome = load_text("titel: a\npanels:\n  - {panel: lins, y: a}\n  - {panel: stat}\n");
  EXPECT_EQ(outcome.diagnostics.items().size(), 3U) << outcome.report;
}

TEST(Dashboards, HasBounds) {
  std::string many = "panels:\n";
  for (std::size_t i = 0; i <= kMaxPanels; ++i) many += "  - {y: a}\n";
  EXPECT_THAT(load_text(many).report, HasSubstr("more than 200 panels"));
  std::string sections = "sections:\n";
  for (int i = 0; i < 65; ++i) sections += "  - {title: a}\n";
  EXPECT_THAT(load_text(sections).report, HasSubstr("more than 64 sections"));
  EXPECT_THAT(load_text("panels: [{panel: text, text: " + std::string(20'000, 'a') + "}]").report, HasSubstr("16 KiB"));
}

TEST(Dashboards, AreNamedLikeFiles) {
  for (const char* good : {"oven", "hall-2", "a_b", "7"}) EXPECT_TRUE(is_dashboard_name(good)) << good;
  for (const char* bad : {"", "..", "a/b", "Oven", "-a", "a.yaml"}) EXPECT_FALSE(is_dashboard_name(bad)) << bad;
}

}  // namespace

}  // namespace telltale::config
