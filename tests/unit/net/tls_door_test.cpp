// The server under TLS over fakes: what the handshake may cost, and that every form of connection works through it.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "daemon/net/tls_certificate.h"
#include "tests/unit/net/running_server.h"

namespace telltale::net {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::RunningServer;

// A TLS client over a RawClient's socket.
class SecureClient {
 public:
  explicit SecureClient(std::uint16_t port) : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, raw_.fd());
  }
  SecureClient(const SecureClient&) = delete;
  SecureClient& operator=(const SecureClient&) = delete;
  ~SecureClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool shake() { return SSL_connect(ssl_) == 1; }
  void send(std::string_view text) { (void)SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  // Until `end` is there or the peer has closed.
  std::string read_until(std::string_view end) {
    std::string out;
    char part[16'384];
    while (out.find(end) == std::string::npos) {
      const int got = SSL_read(ssl_, part, sizeof(part));
      if (got <= 0) break;
      out.append(part, static_cast<std::size_t>(got));
    }
    return out;
  }
  [[nodiscard]] bool was_told_goodbye() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  [[nodiscard]] RawClient& raw() { return raw_; }

 private:
  RawClient raw_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

class TlsDoor : public ::testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
    std::string name = ::testing::TempDir() + "telltale-door-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  ServerOptions options() const {
    ServerOptions chosen;
    chosen.http.sweep = 5ms;
    chosen.tls.mode = TlsMode::kAuto;
    chosen.tls.state_directory = directory_;
    return chosen;
  }
  static std::string get(SecureClient& client, const std::string& target) {
    client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.read_until("}");
  }
  static bool ends(RawClient& client) { return client.read_all().empty(); }

  std::string directory_;
};

TEST_F(TlsDoor, ServesRequestAfterRequest) {
  RunningServer running(options());
  SecureClient client(running.port());
  ASSERT_TRUE(client.shake());
  for (int i = 0; i < 5; ++i) EXPECT_NE(get(client, "/healthz").find("200 OK"), std::string::npos);
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: "
      "close\r\n\r\n");
  const std::string both = client.read_until("never");
  EXPECT_EQ(both.find("200 OK") == both.rfind("200 OK"), false) << "one record with two requests";
  EXPECT_TRUE(client.was_told_goodbye()) << "or a cut would look like the end";
}

TEST_F(TlsDoor, TakesLargeBodiesAndSendsLargeAnswers) {
  RunningServer running(options());
  SecureClient client(running.port());
  ASSERT_TRUE(client.shake());
  std::string body;
  while (body.size() < 3'000'000) body += "some.series,tag=value value=12345.678\n";
  client.send("POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  client.send(body);
  EXPECT_NE(client.read_until("\r\n\r\n").find("204"), std::string::npos);
  const auto series = running.world.catalog.add("a");
  core::HistorySeries column{series, {"value"}, {}, {{}}, {}};
  for (int i = 0; i < 300'000; ++i) {
    column.times.push_back(core::from_ms(i));
    column.values[0].push_back(i);
  }
  running.world.history.result.series.push_back(std::move(column));
  client.send("GET /api/v1/query?series=a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_GT(client.read_until("never").size(), 3'000'000U);
}

TEST_F(TlsDoor, HandshakesThatDoNotEndAreEnded) {
  RunningServer running(options());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) {
    clients.push_back(std::make_unique<RawClient>(running.port()));
    if (i % 3 == 1) clients.back()->send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
    if (i % 3 == 2) clients.back()->send(std::string_view("\x16\x03\x01\x00\x05hello", 10));
  }
  SecureClient good(running.port());
  ASSERT_TRUE(good.shake());
  EXPECT_NE(get(good, "/healthz").find("200 OK"), std::string::npos) << "nobody waits for them";
  for (int i = 2; i < 30; i += 3)
    (void)clients[static_cast<std::size_t>(i)]->read_all();  // no handshake: closed at once
  running.world.clock.advance(11s);
  for (int i = 0; i < 30; ++i) {
    if (i % 3 == 2) continue;
    EXPECT_TRUE(ends(*clients[static_cast<std::size_t>(i)])) << i;
  }
  EXPECT_NE(get(good, "/api/v1/status").find("\"handshakes_failed\":10"), std::string::npos);
}

TEST_F(TlsDoor, OnlySoManyHandshakesAtOnce) {
  ServerOptions chosen = options();
  chosen.http.handshakes = 4;
  RunningServer running(chosen);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(running.port()));
    clients.back()->send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  }
  RawClient silent(running.port());  // has cost nothing yet, and takes no turn
  RawClient more(running.port());
  more.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(ends(more));
  clients.pop_back();
  for (int i = 0; i < 1'000; ++i) {
    SecureClient good(running.port());
    if (good.shake()) return;
    std::this_thread::yield();
  }
  FAIL() << "no turn came back";
}

TEST_F(TlsDoor, HandshakesBeyondARateWaitAndAreDone) {
  ServerOptions chosen = options();
  chosen.http.handshakes_per_second = 10;
  chosen.http.handshake_burst = 4;
  RunningServer running(chosen);
  SecureClient observer(running.port());
  ASSERT_TRUE(observer.shake());
  const auto delayed = [&observer] {
    observer.send("GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string status = observer.read_until("\"inputs\":");  // a body is one record, to its end
    return status.find("\"handshakes_delayed\":5") != std::string::npos;
  };
  std::atomic<int> done{0};
  const auto comes_to = [&done](int count) {
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (done < count && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(1ms);
    return done == count;
  };
  {
    std::vector<std::jthread> clients;
    clients.reserve(8);
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] {
        SecureClient client(running.port());
        if (client.shake()) ++done;
      });
    }
    EXPECT_TRUE(comes_to(3));
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (!delayed() && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(delayed());
    running.world.clock.advance(300ms);
    EXPECT_TRUE(comes_to(6));
    running.world.clock.advance(200ms);
    EXPECT_TRUE(comes_to(8)) << "nobody is refused";
  }
  EXPECT_TRUE(delayed()) << "each once";
}

TEST_F(TlsDoor, AClientThatLeavesInTheMiddleHarmsNobody) {
  RunningServer running(options());
  for (int i = 0; i < 50; ++i) {
    SecureClient client(running.port());
    if (i % 2 == 0 && !client.shake()) FAIL() << "no handshake";
    client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (i % 4 == 0) (void)client.read_until("hello");
    client.raw().close();
  }
  SecureClient good(running.port());
  ASSERT_TRUE(good.shake());
  EXPECT_NE(get(good, "/healthz").find("200 OK"), std::string::npos);
}

TEST_F(TlsDoor, ShowsFilesThatChangeByItself) {
  ServerOptions chosen = options();
  chosen.tls.mode = TlsMode::kFiles;
  chosen.tls.certificate = directory_ + "/both.pem";
  chosen.tls.key = directory_ + "/both.pem";
  RunningServer running(chosen);
  const auto mode = [&] {
    SecureClient client(running.port());
    return client.shake() ? get(client, "/api/v1/status") : "no handshake";
  };
  EXPECT_NE(mode().find("\"own\":true"), std::string::npos) << "there is none yet";
  const std::string key = make_key().value();
  const core::WallTime now = running.world.clock.wall_now();
  const std::string made = make_certificate(key, {{"a.example"}, now, now + std::chrono::hours(1)}).value();
  {
    std::FILE* const file = std::fopen((directory_ + "/both.pem").c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fputs((key + made).c_str(), file);
    std::fclose(file);
  }
  for (int i = 0; i < 2'000; ++i) {
    running.world.clock.advance(11s);
    if (mode().find("a.example") != std::string::npos) return;
  }
  FAIL() << "the file was not read";
}

}  // namespace
}  // namespace telltale::net
