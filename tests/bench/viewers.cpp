// Many viewers in one process, over WebSocket, against the plugin `stamp`: how long a reading took from being published
// to being read from the socket, on one clock.
//   bench_viewers PORT VIEWERS SELECTOR RATE SECONDS
// Starts to measure when every viewer has its first rows, and goes on until SECONDS later plus a moment for what is
// still on its way. Prints {"from_us", "to_us", "rows", "latency_us": […]}: the rows that were published between
// from_us and to_us on the boot clock, over all viewers, and a sample of their latencies.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

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

class Viewer {
 public:
  Viewer(asio::io_context& context, const Settings& settings, Tally& tally)
      : socket_(context), settings_(settings), tally_(tally) {
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), settings.port});
    socket_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    socket_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, "telltale.json.v1");
    }));
    socket_.handshake("127.0.0.1:" + std::to_string(settings.port), "/api/v1/live");
    const std::string wanted =
        R"({"op":"subscribe","id":"a","series":[")" + settings.selector + R"("],"rate":)" + settings_.rate + "}";
    socket_.write(asio::buffer(wanted));
    read();
  }

 private:
  void read() {
    socket_.async_read(buffer_, [this](error_code error, std::size_t) {
      if (error) fail("a viewer was disconnected: " + error.message());
      const double now = boot_us();
      const auto data = buffer_.cdata();
      take({static_cast<const char*>(data.data()), data.size()}, now);
      buffer_.consume(buffer_.size());
      read();
    });
  }

  // "rows":[[ref,time,value],…]
  void take(std::string_view frame, double now) {
    if (frame.find(R"("op":"gap")") != std::string_view::npos) ++tally_.gaps;
    std::size_t at = frame.find(R"("rows":[)");
    if (at == std::string_view::npos) return;
    if (!begun_) ++tally_.begun;
    begun_ = true;
    for (at += 8; at < frame.size() && frame[at] == '['; ++at) {
      const std::size_t value = frame.find(',', frame.find(',', at) + 1) + 1;
      const std::size_t end = frame.find(']', value);
      double published = 0;
      std::from_chars(frame.data() + value, frame.data() + end, published);
      tally_.add(published, now);
      at = end + 1;
    }
  }

  websocket::stream<asio::ip::tcp::socket> socket_;
  const Settings& settings_;
  Tally& tally_;
  beast::flat_buffer buffer_;
  bool begun_ = false;
};

void print(const Tally& tally) {
  std::printf(R"({"from_us": %.0f, "to_us": %.0f, "rows": %llu, "gaps": %llu, "latency_us": [)", tally.from, tally.to,
              static_cast<unsigned long long>(tally.rows), static_cast<unsigned long long>(tally.gaps));
  const char* comma = "";
  for (const double latency : tally.latencies) {
    std::printf("%s%.1f", comma, latency);
    comma = ",";
  }
  std::printf("]}\n");
}

void run(const Settings& settings) {
  asio::io_context context(1);
  Tally tally;
  std::vector<std::unique_ptr<Viewer>> viewers;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (int i = 0; i < settings.viewers; ++i) {
    viewers.push_back(std::make_unique<Viewer>(context, settings, tally));
    context.poll();
  }
  while (tally.begun < settings.viewers) {
    context.run_one_until(deadline);
    if (std::chrono::steady_clock::now() > deadline) fail("not every viewer got rows");
  }
  std::printf("measuring\n");
  std::fflush(stdout);
  tally.from = boot_us();
  tally.to = tally.from + settings.seconds * 1e6;
  context.run_for(std::chrono::milliseconds(static_cast<std::int64_t>(settings.seconds * 1e3)));
  std::printf("measured\n");
  std::fflush(stdout);
  context.run_for(kGrace);
  print(tally);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) fail("usage: bench_viewers PORT VIEWERS SELECTOR RATE SECONDS");
  Settings settings;
  settings.port = static_cast<std::uint16_t>(std::strtol(argv[1], nullptr, 10));
  settings.viewers = static_cast<int>(std::strtol(argv[2], nullptr, 10));
  settings.selector = argv[3];
  settings.rate = argv[4];
  settings.seconds = std::strtod(argv[5], nullptr);
  try {
    run(settings);
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return 0;
}
