#include "daemon/net/own_addresses.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

namespace telltale::net {

namespace {

constexpr std::size_t kMostAddresses = 32;

void add_once(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

void add_inet4(std::vector<std::string>& out) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
  for (const ifaddrs* at = first; at != nullptr && out.size() < kMostAddresses; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET || (at->ifa_flags & IFF_UP) == 0) continue;
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    if ((ntohl(address->sin_addr.s_addr) >> 24) == 127) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    if (inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr) add_once(out, text.data());
  }
}

// One line: address, index, prefix, scope and flags in hexadecimal, then the interface's name.
std::string inet6_address(std::string_view line) {
  constexpr unsigned kLoopbackScope = 0x10;
  constexpr unsigned kLinkScope = 0x20;
  constexpr unsigned kTemporary = 0x01;
  constexpr unsigned kTentativeOrFailed = 0x48;
  const auto number = [&](std::size_t at) {
    unsigned value = 0xffff;
    if (line.size() >= at + 2) (void)std::from_chars(line.data() + at, line.data() + at + 2, value, 16);
    return value;
  };
  if (line.size() < 44) return {};
  const unsigned scope = number(39);
  const unsigned flags = number(42);
  if (scope == kLoopbackScope || scope == kLinkScope || (flags & (kTemporary | kTentativeOrFailed)) != 0) return {};
  in6_addr address{};
  for (std::size_t i = 0; i < 16; ++i) address.s6_addr[i] = static_cast<std::uint8_t>(number(2 * i));
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET6, &address, text.data(), text.size()) == nullptr ? std::string() : text.data();
}

}  // namespace

std::vector<std::string> inet6_addresses(std::string_view table) {
  std::vector<std::string> out;
  while (!table.empty() && out.size() < kMostAddresses) {
    const auto end = table.find('\n');
    add_once(out, inet6_address(table.substr(0, end)));
    table = end == std::string_view::npos ? std::string_view{} : table.substr(end + 1);
  }
  return out;
}

std::vector<std::string> own_addresses() {
  std::vector<std::string> out;
  add_inet4(out);
  std::ifstream file("/proc/net/if_inet6");
  const std::string table{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (std::string& address : inet6_addresses(table)) add_once(out, std::move(address));
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::vector<std::string> host_names() {
  std::vector<std::string> names;
  std::array<char, 256> text{};
  if (::gethostname(text.data(), text.size() - 1) != 0 || text[0] == '\0') return names;
  const std::string host = lower_case(text.data());
  add_once(names, host);
  add_once(names, host.ends_with(".local") ? host : host + ".local");
  if (const auto dot = host.find('.'); dot != std::string::npos) {
    add_once(names, host.substr(0, dot));
    add_once(names, host.substr(0, dot) + ".local");
  }
  return names;
}

}  // namespace telltale::net
