// The screen of `telltale top`.
#include "daemon/cli/top_screen.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TopView view_at(double time, double readings, const std::string& value) {
  TopView view;
  view.status =
      boost::json::parse(R"({"version":"0.1.0","device":{"name":"press-7","site":"hall-2"},"health":"ok","started_at":0,
    "pipeline":{"readings":105,"readings_per_second":40,"series":2,"journal_lost":1,"rejected":2},
    "storage":{"bytes":6300000,"budget":2000000000,"written_bytes":20000,"oldest":0},
    "server":{"viewers":3,"connections":4,"readings_dropped":4},"clock":{"synchronised":false},
    "inputs":[{"id":"plc","plugin":"modbus","state":"running","dropped":1,"restarts":2,"refused":{"count":5}},
              {"id":"broker","plugin":"mqtt","state":"failed","reason":"connection\u001b[31m refused","readings":0}]})");
  view.status.as_object()["time"] = time;
  view.status.at("inputs").at(0).as_object()["readings"] = readings;
  view.latest = boost::json::parse(R"([{"key":"press7.oil.temperature","time":1000,"quality":"good"},
                                       {"key":"press7.state","value":"running","time":1000,"quality":"stale"}])");
  view.units["press7.oil.temperature"] = "°C";
  view.latest.at(0).as_object()["value"] = boost::json::parse(value);
  return view;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + '\n';
  return out;
}

TEST(TopScreen, ShowsDeviceInputsAndSeries) {
  TopScreen screen;
  std::size_t skipped = 0;
  const TopSize plain{60, 120, false};
  (void)screen.draw(view_at(4'000, 100, "61.5"), plain, skipped);
  const std::string text = text_of(screen.draw(view_at(6'000, 180, "62.25"), plain, skipped));
  for (const char* part :
       {"press-7 (hall-2)", "Telltale 0.1.0", "up 6.0 s", "40.0 a second", "7 dropped", "6.3 MB of 2.0 GB", "3 viewers",
        "not synchronised", "62.25", "°C", "5.0 s", "stale", "      40.0         1         5         2", "refused"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "neither colours nor what an input says";
}

TEST(TopScreen, WhatChangedIsBoldAndNothingElse) {
  TopScreen screen;
  std::size_t skipped = 0;
  const TopSize size{60, 120, true};
  const auto first = screen.draw(view_at(4'000, 100, "61.5"), size, skipped);
  const auto second = screen.draw(view_at(5'000, 100, "62.25"), size, skipped);
  const auto bold = [](const std::vector<std::string>& lines) {
    return std::count_if(lines.begin() + 1, lines.end(),
                         [](const std::string& line) { return line.starts_with("\x1b[1m"); });
  };
  EXPECT_EQ(bold(first), 0);
  EXPECT_EQ(bold(second), 1);
}

TEST(TopScreen, KeepsToItsSizeAndScrolls) {
  TopScreen screen;
  TopView view = view_at(4'000, 100, "1");
  auto& rows = view.latest.as_array();
  for (int i = 0; i < 200; ++i)
    rows.push_back({{"key", "s" + std::to_string(i) + std::string(300, 'x')}, {"value", i}, {"time", 0}});
  std::size_t skipped = 1'000;
  const auto lines = screen.draw(view, {24, 40, false}, skipped);
  EXPECT_EQ(lines.size(), 24U);
  EXPECT_THAT(lines.back(), testing::StartsWith("s199"));
  EXPECT_LT(skipped, 202U);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 45U) << line;
  for (const std::size_t size : {0U, 1U, 3U, 9U}) {
    EXPECT_LE(screen.draw(view, {size, size, true}, skipped).size(), size);
    EXPECT_LE(screen.draw(TopView(), {size, size, true}, skipped).size(), size);
  }
}

TEST(TopScreen, SaysWhyThereIsNothingNewer) {
  TopView view = view_at(4'000, 100, "1");
  view.trouble = "no daemon answers; trying again";
  std::size_t skipped = 0;
  const std::string text = text_of(TopScreen().draw(view, {60, 120, false}, skipped));
  EXPECT_THAT(text, HasSubstr("no daemon answers; trying again"));
  EXPECT_THAT(text, HasSubstr("press7.oil.temperature"));
}

}  // namespace
}  // namespace telltale::cli
