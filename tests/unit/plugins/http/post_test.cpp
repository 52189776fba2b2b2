// The connection against servers that mean it ill, each a few lines of this process.
#include "plugins/http/post.h"

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/http/patience.h"
#include "tests/support/hostile_server.h"

namespace telltale::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::HostileServer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

Poster poster_to(const HostileServer& server, milliseconds timeout = seconds(20)) {
  PostSettings settings;
  settings.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/write";
  settings.timeout = timeout;
  return Poster(std::move(settings));
}

// Answers each connection with that, after the request, and ends it.
HostileServer::Talk answers(const std::string& text) {
  return [text](HostileServer::Peer& peer) {
    if (peer.read_until("hello")) peer.send(text);
  };
}

// What it says, over and over, until the client has enough.
HostileServer::Talk floods(const std::string& head, const std::string& more) {
  return [head, more](HostileServer::Peer& peer) {
    if (!peer.read_until("hello") || !peer.send(head)) return;
    while (peer.send(more)) continue;
  };
}

std::string failure_of(Poster& poster, int stop_fd = -1) {
  try {
    return "answered " + std::to_string(poster.post("hello", stop_fd).status);
  } catch (const IoError& error) {
    return error.what();
  }
}

TEST(Poster, ReadsNoMoreOfAnAnswerThanItNeeds) {
  HostileServer server(floods("HTTP/1.1 400 Bad\r\n\r\n", std::string(10'000, 'x')));
  const Answer answer = poster_to(server).post("hello", -1);
  EXPECT_EQ(answer.status, 400) << "the status is known, whatever comes after it";
  EXPECT_EQ(answer.body, std::string(2'048, 'x'));
}

TEST(Poster, EndsAConnectionWhoseHeadNeverEnds) {
  HostileServer lines(floods("HTTP/1.1 204 No Content\r\n", "X: " + std::string(1'000, 'x') + "\r\n"));
  Poster to_lines = poster_to(lines);
  EXPECT_THAT(failure_of(to_lines), HasSubstr("not reached"));
  HostileServer one(floods("HTTP/1.1 204 No Content\r\nX: ", std::string(1'000, 'x')));
  Poster to_one = poster_to(one);
  EXPECT_THAT(failure_of(to_one), HasSubstr("not reached"));
}

TEST(Poster, WaitsNoLongerThanItsTimeoutForAServerThatDrips) {
  HostileServer server([](HostileServer::Peer& peer) {
    if (!peer.read_until("hello")) return;
    for (const char c : std::string("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n") + std::string(1'000, 'x')) {
      if (!peer.send({&c, 1})) return;
      (void)peer.read();  // 20 ms
    }
  });
  Poster poster = poster_to(server, milliseconds(300));
  const auto began = steady_clock::now();
  EXPECT_THAT(failure_of(poster), HasSubstr("not reached"));
  EXPECT_GE(steady_clock::now() - began, milliseconds(200)) << "it did wait";
}

TEST(Poster, AStopEndsItsWaiting) {
  HostileServer server([](HostileServer::Peer& peer) { peer.wait(); });
  Poster poster = poster_to(server, seconds(600));
  const int stop = ::eventfd(1, EFD_CLOEXEC);
  EXPECT_THROW((void)poster.post("hello", stop), Stopped);
  ::close(stop);
}

TEST(Poster, FollowsNoRedirection) {
  HostileServer trap(answers(std::string(kNoContent)));
  for (const char* status : {"301 Moved", "302 Found", "307 Temporary", "308 Permanent"}) {
    HostileServer server(answers("HTTP/1.1 " + std::string(status) + "\r\nLocation: http://127.0.0.1:" +
                                 std::to_string(trap.port()) + "/\r\nContent-Length: 0\r\n\r\n"));
    const Answer answer = poster_to(server).post("hello", -1);
    EXPECT_EQ(answer.status / 100, 3);
    EXPECT_THROW(Patience().judge(answer, {}), IoError) << "it waits in the history";
  }
  EXPECT_EQ(trap.connections(), 0) << "a token goes to nobody else";
}

TEST(Poster, StandsWhatIsNoAnswer) {
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string(100'000, '\0'), std::string("HTTP/1.1 \r\n\r\n"),
        std::string("HTTP/1.1 99999999999 OK\r\n\r\n"), std::string("SSH-2.0-x\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")}) {
    HostileServer server(answers(text));
    Poster poster = poster_to(server, seconds(5));
    EXPECT_THAT(failure_of(poster), Not(HasSubstr("answered 2"))) << text.substr(0, 40);
  }
}

TEST(Poster, AfterABadAnswerTheNextOneIsRead) {
  int turn = 0;
  HostileServer server([&turn](HostileServer::Peer& peer) {
    if (peer.read_until("hello")) peer.send(turn++ == 0 ? std::string_view("rubbish") : kNoContent);
  });
  Poster poster = poster_to(server);
  EXPECT_THAT(failure_of(poster), HasSubstr("not reached"));
  EXPECT_EQ(failure_of(poster), "answered 204");
}

TEST(Poster, LeavesTheServerAloneNoLongerThanAnHourWhateverItSays) {
  const auto quiet_of = [](const std::string& retry_after) {
    HostileServer server(answers("HTTP/1.1 503 Busy\r\nRetry-After: " + retry_after + "\r\nContent-Length: 0\r\n\r\n"));
    Patience patience;
    EXPECT_THROW(patience.judge(poster_to(server).post("hello", -1), {}), IoError);
    seconds quiet{};
    for (bool over = false; !over && quiet < seconds(5'000); quiet += over ? seconds(0) : seconds(1)) {
      try {
        patience.check(quiet);
        over = true;
      } catch (const IoError&) {
        over = false;
      }
    }
    return quiet;
  };
  EXPECT_EQ(quiet_of("7"), seconds(7));
  EXPECT_EQ(quiet_of("1000000000000"), seconds(3'600));
  EXPECT_LE(quiet_of("99999999999999999999999"), seconds(3'600));
  for (const char* text : {"-5", "0", "soon", "1e12", "Thu, 01 Jan 1970 00:00:01 GMT"}) {
    EXPECT_LE(quiet_of(text), seconds(1)) << text;
  }
  EXPECT_EQ(quiet_of("Fri, 31 Dec 9999 23:59:59 GMT"), seconds(3'600));
}

// Nothing asked for it: it is shown as what can be shown.
TEST(Poster, ShowsACompressedAnswerAsOneLineThatCanBeShown) {
  using std::string_literals::operator""s;
  HostileServer server(
      answers("HTTP/1.1 400 Bad\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\xff no\n\"text\""s));
  try {
    Patience().judge(poster_to(server).post("hello", -1), {});
    FAIL();
  } catch (const InvalidError& error) {
    EXPECT_THAT(std::string(error.what()), HasSubstr("400: ??"));
    EXPECT_EQ(std::string(error.what()).find_first_of("\x1f\x8b\n\xff"), std::string::npos);
  }
}

}  // namespace
}  // namespace telltale::http
