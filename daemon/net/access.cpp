#include "daemon/net/access.h"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/net/cors.h"

namespace telltale::net {

namespace {

struct Authority {
  std::string host;  // lower case, without brackets and trailing dot
  std::string port;  // empty: the scheme's own
  bool bracketed = false;
  bool valid = false;
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// host[:port] of RFC 3986.
Authority parse_authority(std::string_view text) {
  Authority out;
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return out;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    out.bracketed = true;
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!rest.empty()) {
    if (rest.front() != ':' || !is_port(rest.substr(1))) return out;
    out.port = rest.substr(1);
  }
  out.host = lower(host);
  if (out.host.ends_with('.')) out.host.pop_back();
  out.valid = !out.host.empty();
  return out;
}

bool is_address(const std::string& text, int family) {
  in6_addr address{};  // large enough for both
  return inet_pton(family, text.c_str(), &address) == 1;
}

Verdict refuse(unsigned status, std::string detail) { return {status, std::move(detail)}; }

std::string shown(std::string_view text) { return "'" + core::escape_line(core::cut_utf8(text, 100)) + "'"; }

Verdict check_host(const AccessQuestion& question, const AccessPolicy& policy) {
  if (question.peer == PeerKind::kUnixSocket) return {};  // no browser gets there, and curl makes names up
  if (question.host_count != 1) return refuse(400, "the request must have one Host field");
  if (is_own_host(question.host, policy.names)) return {};
  return refuse(421, "this device does not go by the name " + shown(question.host) +
                         ": open it by its address or its own host name");
}

// A listed page may look as everybody may, and do what a token of its own lets it do: never what the browser's place
// in the network or a login of somebody who visits it would.
Verdict check_listed(const AccessQuestion& question) {
  if (question.by_cookie) return refuse(403, "a page of another site must show a token, not a login");
  if (question.need == Need::kOpen) return refuse(403, "logins belong to this device's own page");
  if (question.need == Need::kRead || question.shown != nullptr || question.bad_token) return {};
  return refuse(401, "a page of another site needs a token for this: `telltale token new`");
}

Verdict check_origin(const AccessQuestion& question, const AccessPolicy& policy) {
  if (!question.changes) return {};
  if (is_listed(question.origin, policy.origins)) return check_listed(question);
  if (question.fetch_site == "cross-site" || question.fetch_site == "same-site") {
    return refuse(403, "a page of another site asked for this: only this device's own page may");
  }
  const bool same =
      is_same_origin(question.origin, question.host) && (!question.secure || question.origin.starts_with("https://"));
  if (question.origin.empty() || same) return {};
  return refuse(403, "a page of " + shown(question.origin) + " asked for this: only this device's own page may");
}

// A request that a browser sent by itself must come from our page.
Verdict check_cookie(const AccessQuestion& question) {
  if (!question.changes || !question.by_cookie || !question.origin.empty()) return {};
  if (question.fetch_site == "same-origin") return {};
  return refuse(403, "a change with a session's cookie must name the page that it comes from (field Origin)");
}

bool grants(const core::Grants& shown, Need need) {
  switch (need) {
    case Need::kOpen:
      return true;
    case Need::kRead:
      return shown.read;
    case Need::kWrite:
      return shown.write;
    case Need::kOperate:
      return shown.admin || (shown.read && shown.write);
    case Need::kAdmin:
      return shown.admin;
  }
  return false;
}

// What everybody on this side of the device may do, without showing anything.
bool is_free(const AccessQuestion& question, const AccessPolicy& policy) {
  const bool local = question.peer == PeerKind::kLoopback;
  switch (question.need) {
    case Need::kOpen:
      return true;
    case Need::kRead:
      return local || policy.view == View::kPublic;
    case Need::kWrite:
      return policy.write == WriteAccess::kLan || (policy.write == WriteAccess::kLoopback && local);
    case Need::kOperate:
    case Need::kAdmin:
      return local && policy.only_loopback;
  }
  return false;
}

Verdict ask_for_login(const AccessQuestion& question, const AccessPolicy& policy) {
  if (question.bad_token) return refuse(401, "this token is not one of this device: `telltale token list` shows those");
  if (question.shown != nullptr)
    return refuse(403, "this login or token may not do that: it has not the role or scope");
  switch (question.need) {
    case Need::kOpen:
    case Need::kRead:
      return refuse(401, "reading needs a login or a token with scope read: open the page and log in");
    case Need::kWrite:
      return refuse(401, policy.write == WriteAccess::kToken
                             ? "posting needs a token with scope write (server.write is token): `telltale token new`"
                             : "readings are taken from the device itself (server.write is loopback), or with a token "
                               "of scope write: `telltale token new`");
    case Need::kOperate:
      return refuse(401, "this is for operators and admins: log in as one, or use the command line tool on the device");
    case Need::kAdmin:
      break;
  }
  return refuse(401, "this changes the device: log in as an admin, or use the command line tool on the device");
}

}  // namespace

bool is_own_host(std::string_view host, const std::vector<std::string>& names) {
  const Authority authority = parse_authority(host);
  if (!authority.valid) return false;
  if (authority.bracketed) return is_address(authority.host, AF_INET6);
  return is_address(authority.host, AF_INET) || authority.host == "localhost" ||
         std::find(names.begin(), names.end(), authority.host) != names.end();
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  std::string_view default_port;
  if (origin.starts_with("http://")) {
    default_port = "80";
    origin.remove_prefix(7);
  } else if (origin.starts_with("https://")) {
    default_port = "443";
    origin.remove_prefix(8);
  } else {
    return false;  // "null", a file, an extension
  }
  const Authority theirs = parse_authority(origin);
  const Authority ours = parse_authority(host);
  const auto port = [&](const Authority& of) { return of.port.empty() ? default_port : std::string_view(of.port); };
  return theirs.valid && ours.valid && theirs.host == ours.host && theirs.bracketed == ours.bracketed &&
         port(theirs) == port(ours);
}

Verdict decide(const AccessQuestion& question, const AccessPolicy& policy) {
  if (Verdict verdict = check_host(question, policy); !verdict.allowed()) return verdict;
  if (Verdict verdict = check_origin(question, policy); !verdict.allowed()) return verdict;
  if (Verdict verdict = check_cookie(question); !verdict.allowed()) return verdict;
  if (question.peer == PeerKind::kUnixSocket) return {};  // its file mode has decided
  if (question.need == Need::kOpen) return {};
  if (question.shown != nullptr && grants(*question.shown, question.need)) return {};
  if (!question.bad_token && is_free(question, policy)) return {};
  return ask_for_login(question, policy);
}

PeerKind peer_kind_of(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped)) address.remove_prefix(kMapped.size());
  const bool loopback = address == "::1" || (address.starts_with("127.") && is_address(std::string(address), AF_INET));
  return loopback ? PeerKind::kLoopback : PeerKind::kOther;
}

}  // namespace telltale::net
