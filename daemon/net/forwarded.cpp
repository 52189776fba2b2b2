#include "daemon/net/forwarded.h"

#include <algorithm>

#include "daemon/net/own_addresses.h"

namespace telltale::net {

namespace {

using Ranges = std::vector<core::AddressRange>;

// More hops than any chain of proxies has: the rest is not looked at.
constexpr std::size_t kMostHops = 32;

struct Hop {
  std::string address;  // empty: not an address, such as "unknown" or "_hidden"
  std::string proto;
  std::string host;
};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`: the address alone; empty when it is none.
std::string node_address(std::string_view node) {
  if (node.starts_with('[')) {
    node = node.substr(1, node.find(']') - 1);
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  return core::is_ip_address(node) ? std::string(node) : std::string();
}

// The value of every field of that name, joined as RFC 9110, 5.3 says.
std::string joined(const Request& head, std::string_view name) {
  std::string out;
  for (const auto& [key, value] : head.headers) {
    if (key == name) out += (out.empty() ? "" : ",") + value;
  }
  return out;
}

// A token or a quoted string at the beginning of `rest`, taken away from it.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.find_first_of(";,"), rest.size());
    value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    value += rest[at];
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return value;
}

// RFC 7239, 4: elements after commas, pairs after semicolons.
std::vector<Hop> forwarded_hops(std::string_view rest) {
  std::vector<Hop> hops(1);
  while (!rest.empty()) {
    const auto equals = rest.find_first_of("=;,");
    if (equals == std::string_view::npos) break;
    const char found = rest[equals];
    const std::string name = lower_case(trimmed(rest.substr(0, equals)));
    rest.remove_prefix(equals + 1);
    if (found == ',') hops.emplace_back();
    if (found != '=') continue;
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::string value = take_value(rest);
    if (name == "for") hops.back().address = node_address(value);
    if (name == "proto") hops.back().proto = lower_case(value);
    if (name == "host") hops.back().host = std::move(value);
  }
  return hops;
}

std::vector<Hop> x_forwarded_hops(std::string_view rest) {
  std::vector<Hop> hops;
  while (true) {
    const auto comma = rest.find(',');
    hops.push_back({node_address(trimmed(rest.substr(0, comma))), {}, {}});
    if (comma == std::string_view::npos) return hops;
    rest.remove_prefix(comma + 1);
  }
}

// The hop that tells of the client: the last that no trusted proxy is. One without an address is as far as anybody can
// tell, and so is the first.
const Hop& client_hop(const std::vector<Hop>& hops, const Ranges& trusted) {
  std::size_t at = hops.size() - 1;
  for (std::size_t seen = 1; at > 0 && seen < kMostHops && is_trusted(hops[at].address, trusted); ++seen) --at;
  return hops[at];
}

std::string last_of(const std::string& list) {
  const auto comma = list.rfind(',');
  return std::string(
      trimmed(comma == std::string::npos ? std::string_view(list) : std::string_view(list).substr(comma + 1)));
}

Arrival by_proxy(const Request& head, const Ranges& trusted) {
  const std::string x_for = joined(head, "x-forwarded-for");
  const std::string forwarded = x_for.empty() ? joined(head, "forwarded") : std::string();
  const bool standard = !forwarded.empty();
  const std::vector<Hop> hops = standard ? forwarded_hops(forwarded) : x_forwarded_hops(x_for);
  const Hop& client = client_hop(hops, trusted);
  const std::string proto = standard ? client.proto : lower_case(last_of(joined(head, "x-forwarded-proto")));
  std::string host = standard ? client.host : last_of(joined(head, "x-forwarded-host"));
  Arrival arrival{{PeerKind::kOther, client.address.empty() ? head.peer.address : client.address},
                  proto == "https" || proto == "wss",
                  std::nullopt};
  if (!host.empty()) arrival.host = std::move(host);
  return arrival;
}

bool is_forwarded(const Request& head) {
  return !head.header("x-forwarded-for").empty() || !head.header("forwarded").empty() ||
         !head.header("x-real-ip").empty();
}

}  // namespace

bool is_trusted(std::string_view address, const Ranges& trusted) {
  return std::any_of(trusted.begin(), trusted.end(),
                     [&](const core::AddressRange& range) { return range.contains(address); });
}

Arrival arrival_of(const Request& head, const Ranges& trusted) {
  if (head.peer.kind == PeerKind::kUnixSocket) return {head.peer, false, std::nullopt};
  const bool named = !head.header("x-forwarded-for").empty() || !head.header("forwarded").empty();
  if (named && is_trusted(head.peer.address, trusted)) return by_proxy(head, trusted);
  if (head.peer.kind != PeerKind::kLoopback || !is_forwarded(head)) return {head.peer, false, std::nullopt};
  // The last one is what the proxy itself saw; those before it anybody can write.
  std::string address = node_address(last_of(joined(head, "x-forwarded-for")));
  if (address.empty()) address = head.peer.address;
  return {{PeerKind::kOther, std::move(address)}, false, std::nullopt};
}

}  // namespace telltale::net
