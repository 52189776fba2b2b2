// Many viewers in one process, over WebSocket, against the plugin `stamp`: how long a reading took from being published
// to being read from the socket, on one clock.
//   bench_viewers PORT VIEWERS SELECTOR RATE SECONDS [json|deflate|binary|tls] [STALLED]
// tls: JSON over TLS, with whatever certificate. Starts to measure when every viewer has its first rows, and goes on
// until SECONDS later plus a moment for what is still on its way. STALLED more viewers read nothing meanwhile, and then
// again. Prints {"from_us", "to_us", "rows", "bytes", "latency_us": […], "current_us": […]}: the rows that were
// published between from_us and to_us on the boot clock, over all viewers, the bytes that their sockets received
// meanwhile, and a sample of their latencies; and for each stalled one how long after it read again it had a row that
// was published after that.
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::size_t kMostSamples = 100'000;
constexpr std::chrono::seconds kPatience{20};  // until every viewer has its first rows
constexpr std::chrono::seconds kGrace{2};

double boot_us() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_viewers: %s\n", what.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): there is one thread
}

struct Settings {
  std::uint16_t port = 0;
  int viewers = 0;
  std::string selector;
  std::string rate;
  double seconds = 0;
  std::string form = "json";
  int stalled = 0;
};

// What all viewers saw.
struct Tally {
  int begun = 0;  // viewers that have rows
  double from = 0;
  double to = 0;
  std::uint64_t rows = 0;
  std::uint64_t gaps = 0;
  std::uint64_t stride = 1;  // every how many rows one is kept
  std::vector<double> latencies;

  void add(double published, double now) {
    if (from == 0 || published < from || published >= to) return;
    if (++rows % stride != 0) return;
    latencies.push_back(now - published);
    if (latencies.size() < kMostSamples) return;
    for (std::size_t i = 0; 2 * i < latencies.size(); ++i) latencies[i] = latencies[2 * i];
    latencies.resize(latencies.size() / 2);
    stride *= 2;
  }
};

// The values of a `data` message of telltale.binary.v1, docs/live-protocol.md; none of another message.
class BinaryValues {
 public:
  explicit BinaryValues(std::string_view message) : rest_(message) {
    if (rest_.empty() || rest_.front() != 3) return;
    take(1);
    take(count());  // id
    count();        // seq
    const std::uint64_t rows = count();
    const bool marked = take(1).front() != 0;
    for (std::uint64_t i = 0; i < 2 * rows; ++i) count();
    if (marked) take(rows);
    left_ = rows;
  }
  bool next(double& value) {
    if (left_ == 0 || rest_.size() < sizeof(value)) return false;
    --left_;
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return true;
  }

 private:
  std::string_view take(std::size_t bytes) {
    if (bytes > rest_.size()) fail("a message is cut off");
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::uint64_t count() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }
  std::string_view rest_;
  std::uint64_t left_ = 0;
};

class Viewer {
 public:
  Viewer(const Settings& settings, Tally& tally) : settings_(settings), tally_(tally) {}
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  virtual ~Viewer() = default;

  // From the next message on it reads nothing, and what it has is not part of the tally.
  void stall() { stalled_ = true; }
  void resume() {
    stalled_ = false;
    resumed_at_ = boot_us();
    read();
  }
  // Since resume(); 0: not yet.
  [[nodiscard]] double current_after() const { return current_after_; }
  // That its socket received since the begin.
  [[nodiscard]] std::uint64_t bytes() {
    // tcpi_bytes_received of linux/tcp.h, which the C library's tcp_info is too short for.
    constexpr std::size_t kOffset = 128;
    std::array<char, 256> info{};
    socklen_t size = info.size();
    std::uint64_t bytes = 0;
    if (::getsockopt(socket(), IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 || size < kOffset + sizeof(bytes)) {
      fail("the kernel does not say how much a socket received");
    }
    std::memcpy(&bytes, info.data() + kOffset, sizeof(bytes));
    return bytes;
  }

 protected:
  virtual void read() = 0;
  virtual int socket() = 0;

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] bool stalled() const { return stalled_; }

  void take(std::string_view frame, bool binary, double now) {
    double published = 0;
    if (binary) {
      if (frame.front() == 4) ++tally_.gaps;
      for (BinaryValues values(frame); values.next(published);) add(published, now);
      return;
    }
    // "rows":[[ref,time,value],…]
    if (frame.find(R"("op":"gap")") != std::string_view::npos) ++tally_.gaps;
    std::size_t at = frame.find(R"("rows":[)");
    if (at == std::string_view::npos) return;
    for (at += 8; at < frame.size() && frame[at] == '['; ++at) {
      const std::size_t value = frame.find(',', frame.find(',', at) + 1) + 1;
      const std::size_t end = frame.find(']', value);
      std::from_chars(frame.data() + value, frame.data() + end, published);
      add(published, now);
      at = end + 1;
    }
  }

 private:
  void add(double published, double now) {
    if (!begun_) ++tally_.begun;
    begun_ = true;
    if (resumed_at_ != 0) {
      if (current_after_ == 0 && published >= resumed_at_) current_after_ = now - resumed_at_;
    } else if (!stalled_) {
      tally_.add(published, now);
    }
  }

  const Settings& settings_;
  Tally& tally_;
  bool begun_ = false;
  bool stalled_ = false;
  double resumed_at_ = 0;
  double current_after_ = 0;
};

using Plain = asio::ip::tcp::socket;
using Encrypted = asio::ssl::stream<Plain>;

template <class Layer>
class SocketViewer final : public Viewer {
 public:
  template <class... Arguments>
  SocketViewer(const Settings& settings, Tally& tally, Arguments&&... layer)
      : Viewer(settings, tally), socket_(std::forward<Arguments>(layer)...) {
    auto& tcp = beast::get_lowest_layer(socket_);
    tcp.connect({asio::ip::address_v4::loopback(), settings.port});
    tcp.set_option(asio::ip::tcp::no_delay(true));
    if constexpr (std::is_same_v<Layer, Encrypted>) socket_.next_layer().handshake(asio::ssl::stream_base::client);
    const bool binary = settings.form == "binary";
    socket_.set_option(websocket::stream_base::decorator([binary](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, binary ? "telltale.binary.v1" : "telltale.json.v1");
    }));
    websocket::permessage_deflate deflate;
    deflate.client_enable = settings.form == "deflate";
    socket_.set_option(deflate);
    socket_.handshake("127.0.0.1:" + std::to_string(settings.port), "/api/v1/live");
    const std::string wanted =
        R"({"op":"subscribe","id":"a","series":[")" + settings.selector + R"("],"rate":)" + settings.rate + "}";
    socket_.write(asio::buffer(wanted));
    read();
  }

 private:
  void read() override {
    socket_.async_read(buffer_, [this](error_code error, std::size_t) {
      if (error) fail("a viewer was disconnected: " + error.message());
      const double now = boot_us();
      const auto data = buffer_.cdata();
      take({static_cast<const char*>(data.data()), data.size()}, socket_.got_binary(), now);
      buffer_.consume(buffer_.size());
      if (!stalled()) read();
    });
  }
  int socket() override { return beast::get_lowest_layer(socket_).native_handle(); }

  websocket::stream<Layer> socket_;
  beast::flat_buffer buffer_;
};

using Viewers = std::vector<std::unique_ptr<Viewer>>;

void print_list(const char* name, const std::vector<double>& values) {
  std::printf(R"("%s": [)", name);
  const char* comma = "";
  for (const double value : values) {
    std::printf("%s%.1f", comma, value);
    comma = ",";
  }
  std::printf("]");
}

void print(const Tally& tally, std::uint64_t bytes, const std::vector<double>& current) {
  std::printf(R"({"from_us": %.0f, "to_us": %.0f, "rows": %llu, "gaps": %llu, "bytes": %llu, )", tally.from, tally.to,
              static_cast<unsigned long long>(tally.rows), static_cast<unsigned long long>(tally.gaps),
              static_cast<unsigned long long>(bytes));
  print_list("latency_us", tally.latencies);
  std::printf(", ");
  print_list("current_us", current);
  std::printf("}\n");
}

std::uint64_t bytes_of(const Viewers& viewers) {
  std::uint64_t bytes = 0;
  for (const auto& viewer : viewers) bytes += viewer->bytes();
  return bytes;
}

// Lets them read again, until each has a row that is newer than that.
std::vector<double> wake_up(asio::io_context& context, const Viewers& stalled) {
  for (const auto& viewer : stalled) viewer->resume();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::vector<double> current;
  for (const auto& viewer : stalled) {
    while (viewer->current_after() == 0) {
      context.run_one_until(deadline);
      if (std::chrono::steady_clock::now() > deadline) fail("a stalled viewer did not become current");
    }
    current.push_back(viewer->current_after());
  }
  return current;
}

void run(const Settings& settings) {
  asio::io_context context(1);
  asio::ssl::context tls(asio::ssl::context::tls_client);  // which verifies nothing
  Tally tally;
  const auto enter = [&]() -> std::unique_ptr<Viewer> {
    if (settings.form == "tls") return std::make_unique<SocketViewer<Encrypted>>(settings, tally, context, tls);
    return std::make_unique<SocketViewer<Plain>>(settings, tally, context);
  };
  Viewers viewers;
  Viewers stalled;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (int i = 0; i < settings.viewers + settings.stalled; ++i) {
    (i < settings.viewers ? viewers : stalled).push_back(enter());
    context.poll();
  }
  while (tally.begun < settings.viewers + settings.stalled) {
    context.run_one_until(deadline);
    if (std::chrono::steady_clock::now() > deadline) fail("not every viewer got rows");
  }
  for (const auto& viewer : stalled) viewer->stall();
  const std::uint64_t before = bytes_of(viewers);
  std::printf("measuring\n");
  std::fflush(stdout);
  tally.from = boot_us();
  tally.to = tally.from + settings.seconds * 1e6;
  context.run_for(std::chrono::milliseconds(static_cast<std::int64_t>(settings.seconds * 1e3)));
  const std::uint64_t bytes = bytes_of(viewers) - before;
  std::printf("measured\n");
  std::fflush(stdout);
  context.run_for(kGrace);
  print(tally, bytes, wake_up(context, stalled));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6 || argc > 8) {
    fail("usage: bench_viewers PORT VIEWERS SELECTOR RATE SECONDS [json|deflate|binary|tls] [STALLED]");
  }
  Settings settings;
  settings.port = static_cast<std::uint16_t>(std::strtol(argv[1], nullptr, 10));
  settings.viewers = static_cast<int>(std::strtol(argv[2], nullptr, 10));
  settings.selector = argv[3];
  settings.rate = argv[4];
  settings.seconds = std::strtod(argv[5], nullptr);
  if (argc > 6) settings.form = argv[6];
  if (argc > 7) settings.stalled = static_cast<int>(std::strtol(argv[7], nullptr, 10));
  try {
    run(settings);
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return 0;
}
