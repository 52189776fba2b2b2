// Covers DaemonPlace of daemon/provision/place.cpp, over a daemon that answers what a test wants.
#include "daemon/provision/place.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/core/replace_file.h"
#include "tests/support/temporary_tree.h"

namespace telltale::provision {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

// Keeps a configuration as the daemon does: GET and PUT of it, a connection each.
class ScriptedDaemon {
 public:
  struct Step {
    bool takes = true;
    std::string answer = "200 OK";  // empty: none, the connection ends
    std::string body = R"({"applied":true,"restart_needed":true})";
  };
  // A step for each PUT; the last is for all that follow.
  ScriptedDaemon(std::string text, std::vector<Step> steps) : text_(std::move(text)), steps_(std::move(steps)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    listener_ = core::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(0, ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    EXPECT_EQ(0, ::listen(listener_.get(), 4));
    thread_ = std::thread([this] { serve(); });
  }
  ScriptedDaemon(const ScriptedDaemon&) = delete;
  ScriptedDaemon& operator=(const ScriptedDaemon&) = delete;
  ~ScriptedDaemon() { end(); }

  void end() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::string path() const { return (tree_.path() / "api.sock").string(); }
  [[nodiscard]] std::string file() const { return (tree_.path() / "telltale.yaml").string(); }
  // After end().
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t puts() const { return puts_; }

 private:
  void serve() {
    for (;;) {
      const core::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection.valid()) return;
      const std::string answer = answer_to(request_on(connection));
      ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      ::shutdown(connection.get(), SHUT_WR);
    }
  }
  static std::string request_on(const core::Fd& connection) {
    std::string request;
    std::string part(4096, '\0');
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
      const ssize_t got = ::recv(connection.get(), part.data(), part.size(), 0);
      if (got <= 0) break;
      request.append(part, 0, static_cast<std::size_t>(got));
      const auto end = request.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const auto length = request.find("Content-Length: ");
      wanted = end + 4 + (length < end ? std::stoul(request.substr(length + 16)) : 0);
    }
    return request;
  }
  static std::string answered(const std::string& status, const std::string& body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                       body.size(), body);
  }
  std::string answer_to(const std::string& request) {
    if (!request.starts_with("PUT ")) return answered("200 OK", text_);
    const Step& step = steps_[std::min(puts_, steps_.size() - 1)];
    ++puts_;
    if (request.find("If-Match: \"" + core::version_of(text_) + '"') == std::string::npos) {
      return answered("412 Precondition Failed", R"({"detail":"somebody changed it"})");
    }
    if (step.takes) text_ = request.substr(request.find("\r\n\r\n") + 4);
    return step.answer.empty() ? std::string() : answered(step.answer, step.body);
  }

  test::TemporaryTree tree_;
  std::string text_;
  std::vector<Step> steps_;
  std::size_t puts_ = 0;
  core::Fd listener_;
  std::thread thread_;
};

core::Result<Taken> take(ScriptedDaemon& daemon, const std::string& text) {
  auto client = net::Client::make({.socket = daemon.path(), .url = {}, .token = {}}).value();
  DaemonPlace place(client, daemon.file(), std::chrono::milliseconds(50));
  auto taken = place.take(text);
  daemon.end();
  return taken;
}

TEST(DaemonPlace, TakesItOver) {
  ScriptedDaemon daemon("old\n", {{}});
  const auto taken = take(daemon, "new\n");
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->restart_needed);
  EXPECT_EQ(daemon.text(), "new\n");
}

TEST(DaemonPlace, WhatTheDaemonFailsToApplyIsPutBack) {
  ScriptedDaemon daemon("old\n", {{true, "500 Internal Server Error", R"({"detail":"no process"})"}, {}});
  const auto taken = take(daemon, "new\n");
  EXPECT_EQ(taken.error().code, ErrorCode::kInternal);
  EXPECT_THAT(taken.error().message, HasSubstr("no process"));
  EXPECT_EQ(daemon.text(), "old\n");
  EXPECT_EQ(daemon.puts(), 2U);
}

TEST(DaemonPlace, ErrorsAreToldWithTheirPlaceAndChangeNothing) {
  ScriptedDaemon daemon("old\n", {{false, "422 Unprocessable Content",
                                   R"({"detail":"it has errors","errors":[{"line":3,"column":1,"reason":"no"},{}]})"}});
  const auto taken = take(daemon, "new\n");
  EXPECT_EQ(taken.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(taken.error().message, "it has errors: line 3, column 1: no; and 1 more");
  EXPECT_EQ(daemon.puts(), 1U);
}

TEST(DaemonPlace, AnAnswerThatWasLostIsAskedForAgain) {
  ScriptedDaemon daemon("old\n", {{true, "", ""}, {}});
  EXPECT_TRUE(take(daemon, "new\n"));
  EXPECT_EQ(daemon.text(), "new\n");
}

TEST(DaemonPlace, WhatDidNotArriveIsNoFailure) {
  ScriptedDaemon daemon("old\n", {{false, "", ""}});
  EXPECT_EQ(take(daemon, "new\n").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(daemon.puts(), 1U);
}

TEST(DaemonPlace, WhatSomebodyElseChangedMeanwhileStays) {
  ScriptedDaemon daemon("old\n", {{false, "412 Precondition Failed", R"({"detail":"changed"})"}});
  EXPECT_EQ(take(daemon, "new\n").error().code, ErrorCode::kConflict);
  EXPECT_EQ(daemon.text(), "old\n");
}

}  // namespace
}  // namespace telltale::provision
