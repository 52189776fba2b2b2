#include "daemon/net/identify.h"

#include <algorithm>

namespace telltale::net {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool same_word(std::string_view one, std::string_view lower_case) {
  return one.size() == lower_case.size() && std::equal(one.begin(), one.end(), lower_case.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

// A POST, a PUT or a DELETE changes something; a WebSocket is a door that only its own page may open.
bool changes(const Request& head) {
  return head.upgrade ||
         (head.method != Method::kGet && head.method != Method::kHead && head.method != Method::kOptions);
}

// The token of `Authorization`, nothing when there is no such field.
std::optional<std::string_view> token_of(const Request& head) {
  const std::string_view field = head.header("authorization");
  if (field.empty()) return std::nullopt;
  const auto space = field.find(' ');
  const std::string_view scheme = field.substr(0, space);
  if (space == std::string_view::npos || !(same_word(scheme, "bearer") || same_word(scheme, "token"))) return "";
  return trimmed(field.substr(space + 1));
}

}  // namespace

std::string_view session_of(const Request& head) {
  for (const auto& [name, value] : head.headers) {
    if (name != "cookie") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = rest.find(';');
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      if (pair.size() > kSessionCookie.size() && pair.starts_with(kSessionCookie) &&
          pair[kSessionCookie.size()] == '=') {
        return pair.substr(kSessionCookie.size() + 1);
      }
    }
  }
  return {};
}

Shown identify(const Request& head, core::Accounts* accounts) {
  Shown shown;
  if (accounts == nullptr) return shown;
  if (const auto token = token_of(head)) {
    shown.identity = accounts->by_token(*token);
    shown.bad_token = !shown.identity;
    return shown;
  }
  const std::string_view session = session_of(head);
  if (session.empty()) return shown;
  shown.identity = accounts->by_session(session);
  shown.by_cookie = shown.identity.has_value();
  return shown;
}

AccessQuestion question_of(const Request& head, const Shown& shown, Need need) {
  AccessQuestion question;
  question.peer = head.peer.kind;
  question.need = need;
  question.changes = changes(head);
  question.host_count = head.count("host");
  question.host = head.header("host");
  question.origin = head.header("origin");
  question.secure = head.secure;
  question.fetch_site = head.header("sec-fetch-site");
  question.shown = shown.identity ? &shown.identity->grants : nullptr;
  question.by_cookie = shown.by_cookie;
  question.bad_token = shown.bad_token;
  return question;
}

}  // namespace telltale::net
