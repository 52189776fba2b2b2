// daemon/net/client.cpp, which is built apart from the server and belongs to the tool.
#include "daemon/net/client.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/canned_server.h"

namespace telltale::net {
namespace {

using core::ErrorCode;
using test::CannedServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string answer(const std::string& status, const std::string& body, const std::string& type = "application/json") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
Client client_of(const CannedServer& server, std::string token = {}) {
  return Client::make({.socket = server.path(), .url = {}, .token = std::move(token)}).value();
}

TEST(Client, GetsTheBodyAndSendsWhatWasAsked) {
  CannedServer server({answer("200 OK", "[1]")});
  Client client = client_of(server, "secret");
  const auto body = client.get({.path = "/api/v1/series", .query = {{"match", "a*{x=\"1&2\"} +ü"}, {"n", "3"}}});
  ASSERT_TRUE(body) << body.error().text();
  EXPECT_EQ("[1]", *body);
  EXPECT_THAT(server.request(),
              HasSubstr("GET /api/v1/series?match=a%2A%7Bx%3D%221%262%22%7D%20%2B%C3%BC&n=3 HTTP/1.1\r\n"));
  EXPECT_THAT(server.request(), HasSubstr("Authorization: Bearer secret\r\n"));
}

TEST(Client, PostsABody) {
  CannedServer server({"HTTP/1.1 204 No Content\r\n\r\n"});
  ASSERT_TRUE(client_of(server).post({.path = "/api/v1/write", .body = "cpu value=1", .content_type = "text/plain"}));
  EXPECT_THAT(server.request(), HasSubstr("POST /api/v1/write HTTP/1.1\r\n"));
  EXPECT_THAT(server.request(), HasSubstr("Content-Length: 11\r\n"));
}

TEST(Client, ReadsAnAnswerInAnyPieces) {
  CannedServer server(
      {"HTTP/1.1 200 OK\r\nTransfer-Enc", "oding: chunked\r\n\r\n3\r\nab", "c\r\n", "2\r\nde\r\n0\r", "\n\r\n"});
  EXPECT_EQ("abcde", client_of(server).get({.path = "/"}).value());
}

TEST(Client, TellsTheProblemInTheDaemonsWords) {
  struct Case {
    const char* status;
    const char* body;
    ErrorCode code;
    const char* message;
  };
  const std::vector<Case> cases{
      {"400 Bad Request", R"({"title":"Bad","detail":"`points` is too large"})", ErrorCode::kInvalid,
       "`points` is too large"},
      {"401 Unauthorized", R"({"title":"log in first"})", ErrorCode::kDenied, "log in first"},
      {"403 Forbidden", R"({})", ErrorCode::kDenied, "the daemon answers with status 403"},
      {"404 Not Found", R"({"detail":7})", ErrorCode::kNotFound, "the daemon answers with status 404"},
      {"413 Too Large", "no json {", ErrorCode::kLimit, "the daemon answers with status 413"},
      {"503 Unavailable", "", ErrorCode::kUnavailable, "the daemon answers with status 503"},
      {"500 Oh", "[", ErrorCode::kIo, "the daemon answers with status 500"},
      {"302 Found", "", ErrorCode::kInvalid, "the daemon answers with status 302"},
  };
  for (const Case& expected : cases) {
    CannedServer server({answer(expected.status, expected.body)});
    const auto body = client_of(server).get({.path = "/"});
    ASSERT_FALSE(body) << expected.status;
    EXPECT_EQ(expected.code, body.error().code) << expected.status;
    EXPECT_EQ(expected.message, body.error().message);
  }
}

TEST(Client, AnswersThatAreNoHttpAreAnError) {
  for (const char* bytes : {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    CannedServer server({bytes});
    const auto body = client_of(server).get({.path = "/"});
    ASSERT_FALSE(body) << bytes;
    EXPECT_EQ(ErrorCode::kUnavailable, body.error().code) << bytes;
  }
}

TEST(Client, SaysThatNobodyAnswersAndWhatToDo) {
  for (const ClientTarget& target :
       {ClientTarget{"/nowhere/api.sock", "", ""}, ClientTarget{"", "http://127.0.0.1:1", ""}}) {
    const auto body = Client::make(target).value().get({.path = "/"});
    ASSERT_FALSE(body);
    EXPECT_EQ(ErrorCode::kUnavailable, body.error().code);
    EXPECT_THAT(body.error().text(), HasSubstr("is telltaled running?"));
  }
}

TEST(Client, GivesUpOnADaemonThatIsSilent) {
  CannedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"});
  // The server ends its side, so this fails at once; a server that never answers needs the timer.
  EXPECT_FALSE(client_of(server).get({.path = "/"}));
  const core::Fd silent(::socket(AF_UNIX, SOCK_STREAM, 0));
  const std::string path = server.directory() + "/silent.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(0, ::bind(silent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  ASSERT_EQ(0, ::listen(silent.get(), 1));
  const auto body = Client::make({path, "", ""}).value().get({.path = "/", .timeout = std::chrono::milliseconds(50)});
  ASSERT_FALSE(body);
  EXPECT_EQ(ErrorCode::kTimeout, body.error().code);
}

TEST(Client, RefusesAddressesThatAreNone) {
  for (const char* url : {"", "press-7", "http://", "https://", "http://[::1", "ftp://a/", "http://a b/"}) {
    const auto client = Client::make({"", url, ""});
    ASSERT_FALSE(client) << url;
    EXPECT_EQ(ErrorCode::kInvalid, client.error().code) << url;
  }
  EXPECT_TRUE(Client::make({"", "http://[::1]:8080/sub/path/", ""}));
  EXPECT_TRUE(Client::make({"", "https://press-7", ""}));
  EXPECT_FALSE(Client::make({"", "http://press-7", "", std::string(64, 'a')})) << "nobody would look at it";
  EXPECT_FALSE(Client::make({"", "https://press-7", "", std::string(63, 'a')}));
  EXPECT_FALSE(Client::make({std::string(200, 'x'), "", ""}).value().get({.path = "/"}));
}

std::vector<ServerEvent> events_of(const std::vector<std::string>& pieces, std::size_t stop_after,
                                   core::Result<void>& ended) {
  std::vector<std::string> all{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"};
  all.insert(all.end(), pieces.begin(), pieces.end());
  CannedServer server(all);
  std::vector<ServerEvent> events;
  ended = client_of(server).stream_events({.path = "/api/v1/events"}, [&](const ServerEvent& event) {
    events.push_back(event);
    return events.size() < stop_after;
  });
  return events;
}

TEST(Client, StreamsEventsUntilToldToStop) {
  core::Result<void> ended;
  const auto events =
      events_of({": hello\n\nid: 1\nda", "ta: a\ndata: b\r\n", "\r\n", "event: x\ndata:c\n\ndata: d\n\n"}, 2, ended);
  ASSERT_TRUE(ended);
  ASSERT_EQ(2U, events.size());
  EXPECT_EQ("1", events[0].id);
  EXPECT_EQ("a\nb", events[0].data);
  EXPECT_EQ("x", events[1].event);
  EXPECT_EQ("c", events[1].data);
}

TEST(Client, TheDaemonsEndOfAStreamIsAnError) {
  core::Result<void> ended;
  EXPECT_EQ(1U, events_of({"data: a\n\ndata: half"}, 9, ended).size());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ErrorCode::kUnavailable, ended.error().code);
}

}  // namespace
}  // namespace telltale::net
