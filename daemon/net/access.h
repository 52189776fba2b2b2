// Who may do what. Pure functions of plain values: the whole policy can be walked by a test. What no rule allows is
// refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/address_range.h"
#include "daemon/core/interfaces/accounts.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

// What a route asks for. Open: nothing, so that somebody can log in. Operate: who looks after the device, without
// changing it: both reading and writing, shown.
enum class Need : std::uint8_t { kOpen, kRead, kWrite, kOperate, kAdmin };

// Who may look without a login, and who may post readings without a token.
enum class View : std::uint8_t { kLogin, kPublic };
enum class WriteAccess : std::uint8_t { kLoopback, kToken, kLan };

struct AccessPolicy {
  View view = View::kLogin;
  WriteAccess write = WriteAccess::kLoopback;
  std::vector<std::string> names;  // that this device is reached by, beside addresses and localhost; lower case
  bool only_loopback = false;      // the server listens on loopback alone: who gets there is on the device itself
  std::vector<core::AddressRange> proxies = {};  // that are believed when they say for whom they ask
  std::vector<std::string> origins = {};         // of other sites' pages that may use the API, see cors.h
};

// The part of a request that decides.
struct AccessQuestion {
  PeerKind peer = PeerKind::kOther;
  Need need = Need::kAdmin;
  bool changes = false;                 // a POST, a PUT or a WebSocket: another site's page must not be able to do it
  std::size_t host_count = 0;           // how often the field Host came
  std::string_view host;                // field Host
  std::string_view origin;              // field Origin; empty: none, so no browser's page
  std::string_view fetch_site;          // field Sec-Fetch-Site; empty: none
  const core::Grants* shown = nullptr;  // of who showed a session or a token that holds
  bool by_cookie = false;               // it was a session's cookie, which browsers send by themselves
  bool bad_token = false;               // a token was shown, and there is none such
  bool secure = false;                  // it came under TLS: so must the page have
};

struct Verdict {
  unsigned status = 200;  // 200: allowed; 401: a login or a token would help
  std::string detail;     // else what to do about it
  [[nodiscard]] bool allowed() const { return status == 200; }
};

[[nodiscard]] Verdict decide(const AccessQuestion& question, const AccessPolicy& policy);

// Whether Host is an address, localhost or one of `names`, with or without a port: a name that somebody else's DNS
// points here is not (DNS rebinding).
[[nodiscard]] bool is_own_host(std::string_view host, const std::vector<std::string>& names);
// Whether a page of `origin` comes from the server that was asked as `host`.
[[nodiscard]] bool is_same_origin(std::string_view origin, std::string_view host);

[[nodiscard]] PeerKind peer_kind_of(std::string_view address);

}  // namespace telltale::net
