// Parts without state: targets, JSON, gzip, metrics, line protocol, query parameters and answers.
#include <cmath>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "daemon/core/gzip.h"
#include "daemon/net/assets.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/metrics_text.h"
#include "daemon/net/posted_lines.h"
#include "daemon/net/query_request.h"
#include "daemon/net/query_text.h"
#include "daemon/net/route_table.h"
#include "daemon/net/target.h"
#include "tests/unit/net/fakes.h"

namespace telltale::net {
namespace {

TEST(Target, TakesPathAndParametersApart) {
  const auto target = parse_target("/api/v1/query?series=a%2A%20b&series=c+d&flag&x=%7Ba%7D#part").value();
  EXPECT_EQ(target.path, "/api/v1/query");
  EXPECT_EQ(target.all("series"), (std::vector<std::string>{"a* b", "c d"}));
  EXPECT_EQ(target.find("flag"), "");
  EXPECT_EQ(target.find("x"), "{a}");
  EXPECT_FALSE(target.find("nothing"));
  EXPECT_EQ(parse_target("http://host:1/a?b=c").value().path, "/a");
  EXPECT_EQ(parse_target("http://host").value().path, "/");
}

TEST(Target, RefusesWhatIsNone) {
  for (const char* text : {"", "*", "a/b", "/%", "/%4", "/%zz", "/a%00b", "/../etc/passwd", "/a/..", "/a/%2e%2e/b",
                           "/a\\b", "/x?a=%", "/x?a=%0a", "/x?%0d=1", "host:80"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
  std::string many = "/x?";
  for (int i = 0; i < 1'100; ++i) many += "a=1&";
  EXPECT_FALSE(parse_target(many));
}

RC_GTEST_PROP(Target, NeverReadsPastTheEnd, (const std::string& text)) { (void)parse_target("/" + text); }

RC_GTEST_PROP(JsonText, ReadsBack, (const std::vector<std::uint8_t>& bytes)) {
  std::string text;
  for (const auto byte : bytes) text.push_back(static_cast<char>(byte & 0x7fU));
  std::string out;
  append_json_text(out, text);
  RC_ASSERT(std::string(boost::json::parse(out).as_string()) == text);
}

RC_GTEST_PROP(JsonNumber, ReadsBackBitForBit, (std::uint64_t bits)) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  std::string out;
  append_number(out, value);
  if (std::isfinite(value)) {
    RC_ASSERT(std::strtod(out.c_str(), nullptr) == value);
  } else {
    RC_ASSERT(out == "null");
  }
}

TEST(JsonNumber, IsShortest) {
  const std::pair<double, const char*> cases[] = {
      {21.5, "21.5"}, {0.1, "0.1"}, {-0.0, "-0"}, {1e300, "1e+300"}, {74.93588199999998, "74.93588199999998"},
      {1e15, "1e+15"}};
  for (const auto& [value, text] : cases) {
    std::string out;
    append_number(out, value);
    EXPECT_EQ(out, text);
  }
}

// Python's gzip.compress(b"cpu value=1\n" * 3, mtime=0).
const std::string kGzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x2e\x28\x55\x28\x4b\xcc"
    "\x29\x4d\xb5\x35\xe4\x4a\xc6\xc1\x06\x00\x84\x40\x6b\x6a\x24\x00\x00\x00",
    35);

TEST(Gzip, InflatesOneMemberOrSeveral) {
  EXPECT_EQ(core::gunzip(kGzip, 36).value(), "cpu value=1\ncpu value=1\ncpu value=1\n");
  EXPECT_EQ(core::gunzip(kGzip + kGzip, 72).value().size(), 72U);
  const auto large = core::gunzip(kGzip, 35);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, core::ErrorCode::kLimit);
  std::string named = kGzip;
  named[3] = 0x08 | 0x04;
  named.insert(10, std::string("\x02\x00xy", 4) + std::string("a.lp\0", 5));
  EXPECT_EQ(core::gunzip(named, 100).value().size(), 36U);
}

TEST(Gzip, RefusesBombsAndNonsense) {
  EXPECT_FALSE(core::gunzip("", 100));
  EXPECT_FALSE(core::gunzip("hello", 100));
  std::string broken = kGzip;
  broken[12] ^= 0x10;
  EXPECT_FALSE(core::gunzip(broken, 100));
  EXPECT_FALSE(core::gunzip(kGzip.substr(0, 30), 100));
  for (std::size_t i = 0; i < kGzip.size(); ++i) EXPECT_FALSE(core::gunzip(kGzip.substr(0, i), 100)) << i;
}

RC_GTEST_PROP(Gzip, NeverCrashes, (const std::vector<std::uint8_t>& bytes)) {
  std::string data = kGzip.substr(0, 10);
  for (const auto byte : bytes) data.push_back(static_cast<char>(byte));
  (void)core::gunzip(data, 1'000);
}

TEST(Metrics, EscapesLabelsAndKnowsWhatIsNoNumber) {
  MetricsText out;
  out.family("a_total", MetricsText::Type::kCounter, "Help \\ with\nlines.");
  out.sample(3);
  out.sample(std::nan(""), {{"k", "a\"b\\c\nd"}, {"l", "°"}});
  EXPECT_EQ(out.take(),
            "# HELP a_total Help \\\\ with\\nlines.\n# TYPE a_total counter\na_total 3\n"
            "a_total{k=\"a\\\"b\\\\c\\nd\",l=\"°\"} NaN\n");
}

TEST(PostedLines, KeepsTheGoodAndNumbersTheBad) {
  const auto posted = read_lines(
      "cpu,host=a load=1.5,on=true,msg=\"hi\" 1700000000000000000\n"
      "no fields here\n"
      "# a comment\n"
      "temp value=21i\n"
      "temp value=oops\n"
      "door said=\"\"\n",
      payload::TimePrecision::kNanoseconds);
  ASSERT_EQ(posted.readings.size(), 4U);
  EXPECT_EQ(posted.readings[0].series.key.text(), R"(cpu.load{host="a"})");
  EXPECT_EQ(core::to_ms(*posted.readings[0].time), 1'700'000'000'000);
  EXPECT_EQ(posted.readings[1].series.kind, core::SeriesKind::kState);
  EXPECT_EQ(posted.readings[1].series.states.size(), 2U);
  EXPECT_EQ(posted.readings[2].series.kind, core::SeriesKind::kEvent);
  EXPECT_EQ(posted.readings[2].text, "hi");
  EXPECT_EQ(posted.readings[3].series.key.text(), "temp");
  EXPECT_FALSE(posted.readings[3].time);
  ASSERT_EQ(posted.report.first.size(), 3U);
  EXPECT_EQ(posted.report.first[0].line, 2U);
  EXPECT_EQ(posted.report.first[1].line, 5U);
  EXPECT_EQ(posted.report.first[2].line, 6U);
  EXPECT_EQ(posted.report.first[2].reason, "door.said: an empty text is no event");
  EXPECT_EQ(posted.report.rejected, 3U);
}

TEST(PostedLines, TellsOnlyTheFirstBadLines) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "bad\n";
  const auto posted = read_lines(body, payload::TimePrecision::kSeconds);
  EXPECT_EQ(posted.report.rejected, 500U);
  EXPECT_EQ(posted.report.first.size(), kMaxLineProblems);
}

core::Result<QueryRequest> ask(std::string_view query) {
  return parse_query_request(parse_target("/q?" + std::string(query)).value(), core::from_ms(10'000'000), {});
}

TEST(QueryRequest, HasDefaults) {
  const auto request = ask("series=a").value();
  EXPECT_EQ(core::to_ms(request.from), 10'000'000 - 3'600'000);
  EXPECT_EQ(core::to_ms(request.to), 10'000'000);
  EXPECT_EQ(request.points, 1'000U);
  EXPECT_EQ(request.mode.kind, core::HistoryQuery::Mode::Kind::kAuto);
  EXPECT_EQ(request.format, QueryFormat::kJson);
  EXPECT_EQ(ask("series=a&series=b&match=c&stat=mean&points=5&format=csv&from=1&to=2").value().selectors.size(), 3U);
}

TEST(QueryRequest, TakesWindowsAndBuckets) {
  const auto window = ask("series=a@p95_15m&closed=left&min_periods=3").value();
  EXPECT_EQ(window.window.closed, core::Closed::kLeft);
  EXPECT_EQ(window.window.min_periods, 3U);
  EXPECT_FALSE(window.buckets);
  const auto days = ask("series=a&from=0&to=now&step=1d&stat=p99&closed=right&label=right&origin=5&tz=UTC").value();
  ASSERT_TRUE(days.buckets);
  EXPECT_EQ(days.buckets->every, std::chrono::hours(24));
  EXPECT_EQ(days.buckets->closed, core::Side::kRight);
  EXPECT_EQ(days.buckets->label, core::Side::kRight);
  EXPECT_EQ(days.buckets->origin, core::Origin::kTime);
  EXPECT_EQ(days.buckets->origin_time, core::from_ms(5));
}

TEST(QueryRequest, NamesTheParameterThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "series"},
      {"series=%7Ba", "series"},
      {"series=a@mean_1m&stat=mean", "stat"},
      {"series=a@mean_1m&closed=up", "closed"},
      {"series=a@mean_1m&min_periods=-1", "min_periods"},
      {"series=a@mean_1m&step=1h", "step"},
      {"series=a&min_periods=1", "min_periods"},
      {"series=a&percentiles=", "percentiles"},
      {"series=a&percentiles=0,5", "percentiles"},
      {"series=a&percentiles=5,100", "percentiles"},
      {"series=a&percentiles=5,,95", "percentiles"},
      {"series=a&percentiles=5,5", "percentiles"},
      {"series=a&percentiles=p5", "percentiles"},
      {"series=a&percentiles=1,2,3,4,5,6,7,8,9", "percentiles"},
      {"series=a&percentiles=5&stat=max", "percentiles"},
      {"series=a&closed=left", "closed"},
      {"series=a&tz=Europe/Berlin", "tz"},
      {"series=a&step=1h", "stat"},
      {"series=a&step=0s&stat=mean", "step"},
      {"series=a&step=1ms&stat=mean", "step"},
      {"series=a&step=1h&stat=mean&closed=both", "closed"},
      {"series=a&step=1h&stat=mean&label=up", "label"},
      {"series=a&step=1h&stat=mean&origin=noon", "origin"},
      {"series=a&step=1h&stat=mean&tz=Mars", "tz"},
      {"series=a&from=yesterday", "from"},
      {"series=a&to=x", "to"},
      {"series=a&from=5&to=5", "from"},
      {"series=a&from=now&to=now-1h", "from"},
      {"series=a&points=0", "points"},
      {"series=a&points=10001", "points"},
      {"series=a&points=1e3", "points"},
      {"series=a&stat=median", "stat"},
      {"series=a&format=xml", "format"},
      {"series=a&time=s", "time"},
      {"serie=a", "series"},
  };
  for (const auto& [query, name] : cases) {
    const auto request = ask(query);
    ASSERT_FALSE(request) << query;
    EXPECT_NE(request.error().text().find(name), std::string::npos) << request.error().text();
  }
}

core::HistoryResult sample_result(test::FakeCatalog& catalog) {
  core::HistoryResult result;
  result.from = core::from_ms(1'000);
  result.to = core::from_ms(3'000);
  const auto gauge = catalog.add(R"(press7.oil{room="a,b"})", core::SeriesKind::kGauge, "°C");
  const auto event = catalog.add("alarm", core::SeriesKind::kEvent);
  const auto state = catalog.add("door", core::SeriesKind::kState, {}, {{1, "shut"}});
  result.series.push_back({gauge, {"value"}, {core::from_ms(1'000), core::from_ms(2'000)}, {{1.5, std::nan("")}}, {}});
  result.series.push_back({event, {}, {core::from_ms(1'500)}, {}, {"said \"no\""}});
  result.series.push_back({state, {"value"}, {core::from_ms(1'600)}, {{1}}, {}});
  return result;
}

TEST(QueryText, IsAListPerColumnInJson) {
  test::FakeCatalog catalog;
  EXPECT_EQ(query_text(sample_result(catalog), QueryFormat::kJson),
            R"({"from":1000,"to":3000,"step":0,"series":[)"
            R"({"key":"press7.oil{room=\"a,b\"}","unit":"°C","columns":["t","value"],"data":[[1000,2000],[1.5,null]]},)"
            R"({"key":"alarm","unit":"","columns":["t","value"],"data":[[1500],["said \"no\""]]},)"
            R"({"key":"door","unit":"","columns":["t","value"],"data":[[1600],["shut"]]}]})");
}

TEST(QueryText, IsARowPerPointInCsvAndNdjson) {
  test::FakeCatalog catalog;
  const auto result = sample_result(catalog);
  EXPECT_EQ(query_text(result, QueryFormat::kCsv),
            "key,t,value\r\n"
            "\"press7.oil{room=\"\"a,b\"\"}\",1000,1.5\r\n"
            "\"press7.oil{room=\"\"a,b\"\"}\",2000,\r\n"
            "alarm,1500,\"said \"\"no\"\"\"\r\n"
            "door,1600,shut\r\n");
  EXPECT_THAT(query_text(result, QueryFormat::kNdjson),
              testing::StartsWith(R"({"key":"press7.oil{room=\"a,b\"}","t":1000,"value":1.5})"
                                  "\n{\"key\""));
}

TEST(QueryText, IsLineProtocolThatPostsTheSame) {
  test::FakeCatalog catalog;
  auto result = sample_result(catalog);
  result.series[0].times = {core::WallTime(core::Duration(1'000'000'001)), core::from_ms(2'000)};
  EXPECT_EQ(query_text(result, QueryFormat::kLines),
            "press7.oil,room=a\\,b value=1.5 1000000001\n"
            "alarm value=\"said \\\"no\\\"\" 1500000000\n"
            "door value=1 1600000000\n");
  result.series.resize(1);
  result.series[0].names = {"mean", "min"};
  result.series[0].values = {{1.5, 2}, {std::nan(""), 0.5}};
  EXPECT_EQ(query_text(result, QueryFormat::kLines),
            "press7.oil,room=a\\,b mean=1.5 1000000001\npress7.oil,room=a\\,b mean=2,min=0.5 2000000000\n");
}

TEST(QueryText, WritesTimesAsAsked) {
  test::FakeCatalog catalog;
  auto result = sample_result(catalog);
  result.series.resize(1);
  result.series[0].times = {core::WallTime(core::Duration(1'000'000'001)), core::from_ms(2'000)};
  EXPECT_THAT(query_text(result, QueryFormat::kJson, TimeForm::kNanoseconds),
              testing::HasSubstr("[1000000001,2000000000]"));
  EXPECT_THAT(query_text(result, QueryFormat::kJson, TimeForm::kText),
              testing::HasSubstr(R"(["1970-01-01T00:00:01.000Z","1970-01-01T00:00:02.000Z"])"));
  EXPECT_THAT(query_text(result, QueryFormat::kCsv, TimeForm::kText), testing::HasSubstr(",1970-01-01T00:00:01.000Z,"));
  result.damaged = 2;
  EXPECT_THAT(query_text(result, QueryFormat::kJson), testing::HasSubstr(R"("step":0,"damaged":2,"series")"));
}

TEST(PostedLines, TakesUnitAndKindForAll) {
  const auto kinds = [](const char* body, std::optional<core::SeriesKind> kind) {
    std::string out;
    for (const auto& reading : read_lines(body, payload::TimePrecision::kNanoseconds, {"V", kind}).readings) {
      out += std::string(core::to_text(reading.series.kind)) + reading.series.unit + " ";
    }
    return out;
  };
  const char* body = "a value=1 1\na value=true 2\na value=\"x\" 3\n";
  EXPECT_EQ(kinds(body, std::nullopt), "gaugeV stateV eventV ");
  EXPECT_EQ(kinds(body, core::SeriesKind::kCounter), "counterV stateV eventV ");
  EXPECT_EQ(kinds(body, core::SeriesKind::kState), "stateV stateV stateV ");
  EXPECT_EQ(kinds(body, core::SeriesKind::kEvent), "gaugeV stateV eventV ");
}

TEST(Assets, KnowsEtagsAndCodings) {
  EXPECT_TRUE(matches_etag("\"a\", \"b\"", "\"b\""));
  EXPECT_TRUE(matches_etag("W/\"b\"", "\"b\""));
  EXPECT_TRUE(matches_etag("*", "\"b\""));
  EXPECT_FALSE(matches_etag("", "\"b\""));
  EXPECT_FALSE(matches_etag("\"a\"", "\"b\""));
  EXPECT_TRUE(accepts("br, gzip", "gzip"));
  EXPECT_TRUE(accepts("gzip;q=0.5", "gzip"));
  EXPECT_TRUE(accepts("*", "gzip"));
  EXPECT_FALSE(accepts("gzip;q=0", "gzip"));
  EXPECT_FALSE(accepts("gzip;q=0.000, br", "gzip"));
  EXPECT_FALSE(accepts("", "gzip"));
  EXPECT_FALSE(accepts("gzipped", "gzip"));
}

TEST(RouteTable, MatchesWholeSegments) {
  EXPECT_TRUE(matches_path("/api/v1/inputs/*", "/api/v1/inputs/plc"));
  EXPECT_TRUE(matches_path("/api/v1/inputs/*/restart", "/api/v1/inputs/plc/restart"));
  EXPECT_FALSE(matches_path("/api/v1/inputs/*", "/api/v1/inputs/"));
  EXPECT_FALSE(matches_path("/api/v1/inputs/*", "/api/v1/inputs"));
  EXPECT_FALSE(matches_path("/api/v1/inputs/*", "/api/v1/inputs/plc/restart"));
  EXPECT_FALSE(matches_path("/api/v1/inputs", "/api/v1/inputs/"));
  EXPECT_FALSE(matches_path("/write", "/write2"));
}

}  // namespace
}  // namespace telltale::net
