// The server over real sockets: HTTP.
#include "daemon/net/server.h"

#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/net/running_server.h"

namespace telltale::net {
namespace {

using test::Answer;
using test::fetch;
using test::RawClient;
using test::read_answer;
using test::RunningServer;
using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

std::string detail_of(const Answer& answer) {
  EXPECT_EQ(answer.field("content-type"), "application/problem+json") << answer.head << answer.body;
  const auto body = json::parse(answer.body).as_object();
  EXPECT_EQ(body.at("status").as_int64(), answer.status);
  return std::string(body.at("detail").as_string());
}

TEST(Server, AnswersHealthAndSaysWhatIsNotWell) {
  RunningServer running;
  Answer answer = fetch(running.port(), "GET", "/healthz");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  core::HistoryStats stats;
  stats.error = "disk is full";
  running.world.history.set_stats(stats);
  answer = fetch(running.port(), "GET", "/healthz");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_THAT(detail_of(answer), HasSubstr("disk is full"));
}

TEST(Server, TellsStatusInputsAndStorage) {
  RunningServer running;
  const auto status = json::parse(fetch(running.port(), "GET", "/api/v1/status").body).as_object();
  EXPECT_EQ(status.at("version"), "1.2.3");
  EXPECT_EQ(status.at("device").at("name"), "press-7");
  EXPECT_EQ(status.at("pipeline").at("readings"), 1'234);
  EXPECT_EQ(status.at("clock").at("synchronised"), true);
  EXPECT_EQ(status.at("inputs").as_array().size(), 2U);
  EXPECT_EQ(status.at("server").at("connections"), 1);
  const auto inputs = json::parse(fetch(running.port(), "GET", "/api/v1/inputs").body).as_array();
  EXPECT_EQ(inputs[0].at("reason"), "no \"answer\"");
  EXPECT_EQ(inputs[0].at("counters").at("timeouts"), 3);
  const json::object& refused = inputs[0].at("refused").as_object();
  EXPECT_EQ(refused.at("count"), 6);
  EXPECT_EQ(refused.at("reasons").at("payload.not_json"), 4);
  EXPECT_EQ(refused.at("last").at("time"), 7'000);
  EXPECT_EQ(refused.at("last").at("source"), "plant/\\x00");
  EXPECT_TRUE(refused.at("last").at("detail").is_null());
  EXPECT_EQ(refused.at("last").at("payload"), "<script>\"\\xff");
  EXPECT_EQ(refused.at("last").at("bytes"), 9'000);
  EXPECT_TRUE(inputs[1].at("refused").at("last").is_null());
  EXPECT_EQ(inputs[1].at("refused").at("count"), 0);
  EXPECT_EQ(inputs[1].at("last_reading_at"), 5'000);
  EXPECT_TRUE(inputs[1].at("retry_at").is_null());
  EXPECT_EQ(json::parse(fetch(running.port(), "GET", "/api/v1/inputs/plc").body).at("state"), "failing");
  const Answer missing = fetch(running.port(), "GET", "/api/v1/inputs/plx");
  EXPECT_EQ(missing.status, 404U);
  EXPECT_THAT(detail_of(missing), HasSubstr("did you mean 'plc'"));
  const auto storage = json::parse(fetch(running.port(), "GET", "/api/v1/storage").body).as_object();
  for (const char* name : {"bytes", "budget", "samples", "written_bytes", "oldest", "tiers"}) {
    EXPECT_TRUE(storage.contains(name)) << name;
  }
}

TEST(Server, RestartsAnInput) {
  RunningServer running;
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/inputs/plc/restart").status, 204U);
  EXPECT_EQ(running.world.inputs.restarted(), std::vector<std::string>{"plc"});
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/inputs/nobody/restart").status, 404U);
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/inputs/plc/restart").status, 405U);
}

TEST(Server, ListsSeriesAndLatest) {
  RunningServer running;
  const auto oil = running.world.catalog.add(R"(press7.oil{room="<script>"})", core::SeriesKind::kGauge, "°C");
  running.world.catalog.add("boiler");
  running.world.pipeline.set_latest(oil, 21.5, 7'000, core::Quality::kStale);
  const auto series = json::parse(fetch(running.port(), "GET", "/api/v1/series?match=press*").body).as_array();
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(series[0].at("key"), R"(press7.oil{room="<script>"})");
  EXPECT_EQ(series[0].at("first"), 1'000);
  EXPECT_EQ(series[0].at("labels").at("room"), "<script>");
  const auto all = json::parse(fetch(running.port(), "GET", "/api/v1/series").body).as_array();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[1].at("last").is_null());
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/latest?match=press7.*").body,
            R"([{"key":"press7.oil{room=\"<script>\"}","time":7000,"value":21.5,"quality":"stale"}])");
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/latest?match=press7.*&match=*").body,
            fetch(running.port(), "GET", "/api/v1/latest").body)
      << "each series once";
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/latest?match=nothing").body, "[]");
  const Answer bad = fetch(running.port(), "GET", "/api/v1/latest?match=%7Ba");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_THAT(detail_of(bad), HasSubstr("match"));
}

TEST(Server, AnswersQueriesAndSaysWhatIsWrongWithThem) {
  RunningServer running;
  const auto oil = running.world.catalog.add("press7.oil");
  running.world.history.result.series.push_back({oil, {"value"}, {core::from_ms(5)}, {{1.25}}, {}});
  const Answer answer = fetch(running.port(), "GET", "/api/v1/query?series=press7.*&from=1&to=10&stat=raw");
  EXPECT_EQ(answer.status, 200U) << answer.body;
  EXPECT_EQ(answer.body,
            R"({"from":1,"to":10,"step":0,"series":[{"key":"press7.oil","unit":"","columns":["t","value"],)"
            R"("data":[[5],[1.25]]}]})");
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil&format=csv").body,
            "key,t,value\r\npress7.oil,5,1.25\r\n");
  running.world.history.result.series[0].times = {core::from_ms(5), core::from_ms(2'000), core::from_ms(40'000)};
  running.world.history.result.series[0].values = {{1, 3, 8}};
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil@mean_10s&from=1000&to=50000").body,
            R"({"from":1000,"to":50000,"step":0,"series":[{"key":"press7.oil@mean_10s","unit":"",)"
            R"("columns":["t","value"],"data":[[2000,40000],[2,8]]}]})")
      << "each reading of the span, with what came before";
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil@sum_10s&from=0&to=50000&points=2").body,
            R"({"from":0,"to":50000,"step":30000,"series":[{"key":"press7.oil@sum_10s","unit":"",)"
            R"("columns":["t","value"],"data":[[0,30000],[0,0]]}]})")
      << "too many readings: at the multiples of a round step";
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil&stat=sum&step=30s&from=0&to=50000").body,
            R"({"from":0,"to":50000,"step":30000,"series":[{"key":"press7.oil","unit":"",)"
            R"("columns":["t","sum"],"data":[[0,30000],[4,8]]}]})");
  const Answer nothing = fetch(running.port(), "GET", "/api/v1/query?series=press7.oli");
  EXPECT_EQ(nothing.status, 404U);
  EXPECT_THAT(detail_of(nothing), HasSubstr("did you mean 'press7.oil'"));
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil&points=x").status, 400U);
  running.world.history.failure = core::make_error(core::ErrorCode::kLimit, "more than 1,000,000 readings: narrow it");
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/query?series=press7.oil").status, 422U);
}

TEST(Server, TakesLineProtocolAndNamesBadLines) {
  RunningServer running;
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/write", {}, "a value=1 1000000000\n").status, 204U);
  EXPECT_FALSE(running.world.pipeline.durable());
  EXPECT_EQ(fetch(running.port(), "POST", "/write?db=x&precision=s&durable=1", {}, "a value=2 2").status, 204U);
  EXPECT_TRUE(running.world.pipeline.durable());
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v2/write?org=o&bucket=b&precision=ms", {}, "a value=3 3000").status,
            204U);
  ASSERT_EQ(running.world.pipeline.posted().size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(core::to_ms(*running.world.pipeline.posted()[static_cast<std::size_t>(i)].time), 1'000 * (i + 1));
  }
  const Answer bad = fetch(running.port(), "POST", "/api/v1/write", {}, "a value=4\nbad\nb value=5\nrefused value=1\n");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_THAT(detail_of(bad), HasSubstr("line 2"));
  const auto body = json::parse(bad.body).as_object();
  EXPECT_EQ(body.at("accepted"), 2);
  EXPECT_EQ(body.at("rejected"), 2);
  EXPECT_EQ(body.at("errors").as_array()[0].at("line"), 2);
  EXPECT_EQ(body.at("errors").as_array()[1].at("reason"), "the pipeline does not want it");
  EXPECT_EQ(running.world.pipeline.posted().size(), 5U);
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/write?precision=days", {}, "a value=1").status, 400U);
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/write", "Content-Encoding: br\r\n", "a value=1").status, 400U);
  EXPECT_EQ(fetch(running.port(), "POST", "/api/v1/write").status, 204U) << "nothing is nothing wrong";
  running.world.pipeline.full = true;
  const Answer full = fetch(running.port(), "POST", "/api/v1/write", {}, "a value=1");
  EXPECT_EQ(full.status, 503U);
  EXPECT_FALSE(full.field("retry-after").empty());
}

TEST(Server, AsksAWriterToComeAgainWhenTheJournalIsFull) {
  RunningServer running;
  running.world.pipeline.full = true;
  running.world.pipeline.full_code = core::ErrorCode::kLimit;
  const Answer answer = fetch(running.port(), "POST", "/api/v1/write", {}, "a value=1");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.field("retry-after"), "1");
  EXPECT_THAT(detail_of(answer), HasSubstr("full"));
}

TEST(Server, ShowsMetrics) {
  RunningServer running;
  const auto oil = running.world.catalog.add(R"(press7.oil{series="x\"y",room="a"})", core::SeriesKind::kGauge, "°C");
  running.world.pipeline.set_latest(oil, 21.5, 7'000);
  const Answer answer = fetch(running.port(), "GET", "/metrics");
  EXPECT_EQ(answer.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("telltale_pipeline_readings_total 1234\n"));
  EXPECT_THAT(answer.body, HasSubstr("telltale_input_up{input=\"broker\",plugin=\"mqtt\"} 1\n"));
  EXPECT_THAT(answer.body, HasSubstr("telltale_reading{series=\"press7.oil\",unit=\"°C\",input=\"sim\",room=\"a\","
                                     "label_series=\"x\\\"y\"} 21.5\n"));
}

TEST(Server, ServesThePageWithTagsAndCodings) {
  RunningServer running;
  const std::uint16_t port = running.port();
  const Answer page = fetch(port, "GET", "/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.body, running.world.page);
  EXPECT_EQ(page.field("etag"), "\"page1\"");
  EXPECT_EQ(page.field("cache-control"), "no-cache");
  EXPECT_EQ(page.field("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.field("referrer-policy"), "no-referrer");
  EXPECT_THAT(page.field("content-security-policy"), HasSubstr("script-src 'self';"));
  EXPECT_THAT(page.field("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(page.field("content-security-policy"), Not(HasSubstr("unsafe")));
  for (const char* path : {"/d/press", "/d/a/b", "/explore", "/inputs", "/alarms", "/settings"}) {
    EXPECT_EQ(fetch(port, "GET", path).body, running.world.page) << path;
  }
  const Answer smallest = fetch(port, "GET", "/", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(smallest.field("content-encoding"), "br");
  EXPECT_EQ(smallest.body, running.world.page_brotli);
  EXPECT_EQ(smallest.field("etag"), "\"page1-br\"");
  const Answer zipped = fetch(port, "GET", "/", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(zipped.field("content-encoding"), "gzip");
  EXPECT_EQ(zipped.body, running.world.page_gzip);
  EXPECT_EQ(zipped.field("etag"), "\"page1-gz\"");
  const Answer same = fetch(port, "GET", "/", "If-None-Match: \"page1\"\r\n");
  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(same.field("content-length"), "");
  const Answer script = fetch(port, "GET", "/assets/app-1.js");
  EXPECT_THAT(script.field("cache-control"), HasSubstr("immutable"));
  const Answer head = fetch(port, "HEAD", "/");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.field("content-length"), std::to_string(running.world.page.size()));
  const Answer missing = fetch(port, "GET", "/assets/app-2.js");
  EXPECT_EQ(missing.status, 404U);
  EXPECT_THAT(detail_of(missing), HasSubstr("/assets/app-2.js"));
}

TEST(Server, LetsListedPagesOfOtherSitesSeeAnswersAndNoOthers) {
  net::ServerOptions options;
  options.origins = {"https://panel.example:3000"};
  RunningServer running(options);
  const std::uint16_t port = running.port();
  const std::string listed = "Origin: https://panel.example:3000\r\n";
  const Answer read = fetch(port, "GET", "/api/v1/series", listed);
  EXPECT_EQ(read.status, 200U);
  EXPECT_EQ(read.field("access-control-allow-origin"), "https://panel.example:3000");
  EXPECT_EQ(read.field("access-control-allow-credentials"), "") << "a login is never for another site";
  EXPECT_EQ(read.field("cross-origin-resource-policy"), "cross-origin");
  const Answer asks =
      fetch(port, "OPTIONS", "/api/v1/query",
            listed + "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n");
  EXPECT_EQ(asks.status, 204U);
  EXPECT_THAT(asks.field("access-control-allow-methods"), HasSubstr("GET"));
  EXPECT_THAT(asks.field("access-control-allow-headers"), HasSubstr("Authorization"));
  EXPECT_EQ(fetch(port, "OPTIONS", "/api/v1/nowhere", listed + "Access-Control-Request-Method: GET\r\n").status, 404U);
  const Answer lost = fetch(port, "GET", "/api/v1/nowhere", listed);
  EXPECT_EQ(lost.field("access-control-allow-origin"), "https://panel.example:3000") << "errors can be read too";
  for (const char* other : {"https://panel.example", "http://panel.example:3000", "https://evil.example", "null"}) {
    const Answer refused = fetch(port, "GET", "/api/v1/series", "Origin: " + std::string(other) + "\r\n");
    EXPECT_EQ(refused.field("access-control-allow-origin"), "") << other;
    EXPECT_EQ(refused.field("cross-origin-resource-policy"), "same-origin") << other;
  }
}

TEST(Server, SendsAPartOfAFile) {
  RunningServer running;
  const std::string& page = running.world.page;
  const Answer part = fetch(running.port(), "GET", "/", "Range: bytes=2-\r\nIf-Range: \"page1\"\r\n");
  EXPECT_EQ(part.status, 206U);
  EXPECT_EQ(part.body, page.substr(2));
  EXPECT_EQ(part.field("content-range"),
            "bytes 2-" + std::to_string(page.size() - 1) + "/" + std::to_string(page.size()));
  EXPECT_EQ(fetch(running.port(), "GET", "/", "Range: bytes=100000-\r\n").status, 416U);
}

TEST(Server, ShowsThePageToAPersonWhoFollowedAWrongAddress) {
  RunningServer running;
  const Answer person = fetch(running.port(), "GET", "/nowhere", "Accept: text/html,*/*;q=0.8\r\nIf-None-Match: *\r\n");
  EXPECT_EQ(person.status, 404U);
  EXPECT_EQ(person.body, running.world.page);
  EXPECT_EQ(person.field("etag"), "") << "it is not the page of that address";
  EXPECT_THAT(detail_of(fetch(running.port(), "GET", "/nowhere", "Accept: */*\r\n")), HasSubstr("/nowhere"));
  EXPECT_THAT(detail_of(fetch(running.port(), "GET", "/api/v1/nowhere", "Accept: text/html\r\n")),
              HasSubstr("/api/v1/nowhere"));
}

TEST(Server, KnowsHeadOptionsAndWrongMethods) {
  RunningServer running;
  const Answer head = fetch(running.port(), "HEAD", "/api/v1/inputs");
  EXPECT_EQ(head.status, 200U);
  EXPECT_NE(head.field("content-length"), "0");
  const Answer options = fetch(running.port(), "OPTIONS", "/api/v1/write");
  EXPECT_EQ(options.status, 204U);
  EXPECT_EQ(options.field("allow"), "POST, OPTIONS");
  EXPECT_EQ(options.field("access-control-allow-origin"), "");
  const Answer wrong = fetch(running.port(), "DELETE", "/api/v1/status");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.field("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(fetch(running.port(), "POST", "/").status, 405U);
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/nothing").status, 404U);
  EXPECT_EQ(fetch(running.port(), "GET", "/api/v1/status?verbose=1").status, 400U);
}

TEST(Server, RefusesForeignHostsAndPages) {
  RunningServer running;
  const auto ask = [&](std::string_view text) {
    RawClient client(running.port());
    client.send(text);
    return read_answer(client);
  };
  EXPECT_EQ(ask("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421U);
  EXPECT_EQ(ask("GET /api/v1/status HTTP/1.1\r\n\r\n").status, 400U);
  EXPECT_EQ(ask("GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400U);
  const Answer posted = fetch(running.port(), "POST", "/api/v1/write", "Origin: http://evil.example\r\n", "a value=1");
  EXPECT_EQ(posted.status, 403U);
  EXPECT_THAT(detail_of(posted), HasSubstr("evil.example"));
  EXPECT_TRUE(running.world.pipeline.posted().empty());
}

TEST(Server, KeepsAConnectionAndAnswersPipelinedRequestsInOrder) {
  RunningServer running;
  RawClient client(running.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests +=
        "GET /api/v1/inputs/" + std::string(i % 2 == 0 ? "plc" : "broker") + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(json::parse(read_answer(client).body).at("id"), i % 2 == 0 ? "plc" : "broker");
  }
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const Answer last = read_answer(client);
  EXPECT_EQ(last.field("connection"), "close");
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, ListensOnAUnixSocketForTheTools) {
  ServerOptions options;
  options.socket = fmt::format("{}/net-test-{}.sock", std::filesystem::temp_directory_path().string(), ::getpid());
  {
    RunningServer running(options);
    struct stat there {};
    ASSERT_EQ(::stat(options.socket.c_str(), &there), 0);
    EXPECT_EQ(there.st_mode & 0777U, 0660U);
    RawClient client(options.socket);
    client.send("GET /api/v1/inputs/plc HTTP/1.1\r\nHost: whatever.example\r\n\r\n");
    EXPECT_EQ(read_answer(client).status, 200U);
    // A second daemon must not take it away; a dead one's is replaced.
    boost::json::value ignored;
    RunningServer* second = nullptr;
    EXPECT_THROW(second = new RunningServer(options), std::runtime_error);
    EXPECT_EQ(second, nullptr);
  }
  EXPECT_FALSE(std::filesystem::exists(options.socket));
}

TEST(Server, CancelsTheQueryOfAClientThatLeaves) {
  RunningServer running;
  running.world.catalog.add("a");
  running.world.history.block(true);
  {
    RawClient client(running.port());
    client.send("GET /api/v1/query?series=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    running.world.history.wait_running(1);
  }
  running.world.history.wait_cancelled(1);
}

TEST(Server, RefusesQueriesBeyondItsQueueAndStopsThoseThatTakeTooLong) {
  ServerOptions options;
  options.http.query_queue = 3;
  options.http.sweep = std::chrono::milliseconds(5);
  RunningServer running(options);
  running.world.catalog.add("a");
  running.world.history.block(true);
  std::vector<std::unique_ptr<RawClient>> clients;
  const auto ask = [&] {
    clients.push_back(std::make_unique<RawClient>(running.port()));
    clients.back()->send("GET /api/v1/query?series=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  };
  ask();
  ask();
  running.world.history.wait_running(2);
  for (int i = 0; i < 4; ++i) ask();
  // Two run and three wait: one of the later four is refused, at once.
  bool refused = false;
  for (int round = 0; round < 2'000 && !refused; ++round) {
    for (std::size_t i = 2; i < clients.size() && !refused; ++i) {
      char byte = 0;
      refused = ::recv(clients[i]->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
      if (!refused) continue;
      const Answer answer = read_answer(*clients[i]);
      EXPECT_EQ(answer.status, 503U);
      EXPECT_EQ(answer.field("retry-after"), "1");
      clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (!refused) std::this_thread::yield();
  }
  EXPECT_TRUE(refused);
  running.world.clock.advance(std::chrono::seconds(21));
  for (auto& client : clients) EXPECT_EQ(read_answer(*client).status, 504U);
}

TEST(Server, StopsInOrderAndSaysGoodbye) {
  RunningServer running;
  RawClient idle(running.port());
  RawClient events(running.port());
  events.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(events.read_until("\r\n\r\n"), HasSubstr("200"));
  running.stop();
  EXPECT_EQ(idle.read_all(), "");
  (void)events.read_all();
  EXPECT_THROW(RawClient(running.port()), std::runtime_error);
}

}  // namespace
}  // namespace telltale::net
