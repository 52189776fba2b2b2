// Publishes to an MQTT broker as cheaply as it can be done, so that what is measured is the other side: MQTT 3.1.1,
// QoS 0, over a plain socket. One argument pair each:
//   port N   rate N (messages a second; 0: as fast as the broker takes them)   count N   topics N   prefix TEXT
// Prints {"sent", "seconds"} at the end. Payloads are {"value": 21.5} with changing decimals.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct Settings {
  std::uint16_t port = 1883;
  std::int64_t rate = 0;
  std::int64_t count = 1'000;
  std::int64_t topics = 100;
  std::string prefix = "bench/t";
};

constexpr std::int64_t kTick = 1'000'000;  // ns between two writes when a rate is asked for
constexpr std::int64_t kMostAtOnce = 256;  // messages of one write without a rate

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void sleep_until(std::int64_t at) {
  const timespec until{at / 1'000'000'000, at % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

bool write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done < 0 && errno != EINTR) return false;
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// MQTT 3.1.1, section 1.5.3: a text has its length before it.
void append_text(std::string& out, std::string_view text) {
  out += static_cast<char>(text.size() >> 8U);
  out += static_cast<char>(text.size() & 0xffU);
  out += text;
}

// Section 2.2; every packet here is shorter than 128 bytes.
void append_packet(std::string& out, char type, std::string_view body) {
  out += type;
  out += static_cast<char>(body.size());
  out += body;
}

// A connected socket, or -1. Sections 3.1 and 3.2.
int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  std::string body;
  append_text(body, "MQTT");
  body += {'\x04', '\x02', '\x00', '\x00'};  // 3.1.1, clean session, no keep-alive
  append_text(body, "bench-publisher-" + std::to_string(::getpid()));
  std::string packet;
  append_packet(packet, '\x10', body);
  std::array<char, 4> answer{};
  const bool well = write_all(socket, packet) && ::recv(socket, answer.data(), answer.size(), MSG_WAITALL) == 4;
  return well && answer[3] == 0 ? socket : -1;
}

void append_message(std::string& out, const Settings& settings, std::int64_t number) {
  std::string body;
  append_text(body, settings.prefix + std::to_string(number % settings.topics));
  body +=
      R"({"value": )" + std::to_string(20 + number / settings.topics % 10) + "." + std::to_string(number % 10) + "}";
  append_packet(out, '\x30', body);
}

// How many messages should have gone out by now.
std::int64_t due(const Settings& settings, std::int64_t sent, std::int64_t elapsed) {
  if (settings.rate == 0) return std::min(settings.count, sent + kMostAtOnce);
  return std::min(settings.count, elapsed * settings.rate / 1'000'000'000 + 1);
}

bool publish(int socket, const Settings& settings) {
  const std::int64_t start = now();
  std::int64_t sent = 0;
  std::string packets;
  for (std::int64_t tick = 1; sent < settings.count; ++tick) {
    packets.clear();
    for (const std::int64_t end = due(settings, sent, now() - start); sent < end; ++sent) {
      append_message(packets, settings, sent);
    }
    if (!write_all(socket, packets)) return false;
    if (settings.rate != 0 && sent < settings.count) sleep_until(start + tick * kTick);
  }
  std::printf("{\"sent\": %lld, \"seconds\": %.6f}\n", static_cast<long long>(sent),
              static_cast<double>(now() - start) / 1e9);
  return true;
}

Settings settings_of(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const long long number = std::strtoll(argv[i + 1], nullptr, 10);
    if (name == "port") settings.port = static_cast<std::uint16_t>(number);
    if (name == "rate") settings.rate = number;
    if (name == "count") settings.count = number;
    if (name == "topics") settings.topics = number;
    if (name == "prefix") settings.prefix = argv[i + 1];
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = settings_of(argc, argv);
  const int socket = connect_to(settings.port);
  if (socket < 0 || !publish(socket, settings)) {
    std::perror("bench_mqtt_publish");
    return 1;
  }
  write_all(socket, std::string_view("\xe0\x00", 2));  // DISCONNECT, section 3.14
  ::close(socket);
  return 0;
}
