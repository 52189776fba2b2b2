// /api/v1/session, login, logout, setup, password, users and tokens
#include <algorithm>
#include <memory>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "daemon/core/utf8.h"
#include "daemon/net/handlers.h"
#include "daemon/net/identify.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

namespace json = boost::json;

constexpr std::string_view kNoAccounts = "this daemon has no accounts";

// The body's members, all texts but `scopes`; anything else is refused.
core::Result<json::object> members_of(const Request& request, std::initializer_list<std::string_view> known) {
  const auto wrong = [](std::string what) { return core::make_error(core::ErrorCode::kInvalid, std::move(what)); };
  json::error_code failure;
  json::value value = json::parse(request.body, failure, {}, {.max_depth = 4});
  if (failure || !value.is_object()) return wrong("the body must be a JSON object");
  for (const std::string_view name : known) {
    if (!value.get_object().contains(name)) return wrong("the body lacks '" + std::string(name) + "'");
  }
  for (const auto& member : value.get_object()) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) {
      return wrong("the body may not have '" + std::string(core::cut_utf8(member.key(), 40)) + "'");
    }
    if (member.key() != "scopes" && !member.value().is_string()) {
      return wrong("'" + std::string(member.key()) + "' must be a text");
    }
  }
  return std::move(value.get_object());
}

std::string text_at(const json::object& body, std::string_view name) { return std::string(body.at(name).as_string()); }

// How a session's cookie is set: under TLS it is never sent without.
class Cookie {
 public:
  Cookie(const Context& context, const Request& request)
      : base_(context.place.base_path), secure_(request.secure ? "; Secure" : "") {}
  void set(Response& response, const core::Session& session) const {
    set(response, session.secret, session.lifetime.count());
  }
  void clear(Response& response) const { set(response, {}, 0); }

 private:
  void set(Response& response, std::string_view secret, std::int64_t lifetime) const {
    response.headers.emplace_back("Set-Cookie", fmt::format("{}={}; Path={}/; Max-Age={}; HttpOnly; SameSite=Strict{}",
                                                            kSessionCookie, secret, base_, lifetime, secure_));
  }

  std::string base_;
  std::string_view secure_;
};

Response too_early(std::chrono::seconds wait) {
  Response response = problem(429, fmt::format("too many wrong tries: wait {} s", wait.count()));
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

Response refused(const core::Error& error) {
  return error.code == core::ErrorCode::kDenied ? problem(401, error.text()) : problem(error);
}

Response begun(const Cookie& cookie, const core::Result<core::Session>& session) {
  if (!session) return refused(session.error());
  std::string body;
  JsonWriter(body).begin_object().text("user", session->user).text("role", core::to_text(session->role)).end_object();
  Response response = json_response(std::move(body));
  cookie.set(response, *session);
  return response;
}

// Runs `work` where blocking is allowed; 503 when too many wait.
void on_logins(Context& context, const Request& request, std::function<Response(core::Accounts&)> work,
               Respond respond) {
  core::Accounts* accounts = context.parts.accounts;
  if (accounts == nullptr) return respond(problem(404, kNoAccounts));
  answer_from(
      context.logins, context, Asked(request), [accounts, work = std::move(work)] { return work(*accounts); },
      std::move(respond));
}

Response done(const core::Result<void>& result) { return result ? empty_response(204) : problem(result.error()); }

void write_grants(JsonWriter& json, const core::Grants& grants) {
  json.begin_array();
  if (grants.read) json.text("read");
  if (grants.write) json.text("write");
  if (grants.admin) json.text("admin");
  json.end_array();
}

// What this request's sender may do here: by who they are, and by where they are.
core::Grants grants_of(const Context& context, const Request& request) {
  Shown shown;
  shown.identity = request.identity;
  const auto may = [&](Need need) { return decide(question_of(request, shown, need), context.access).allowed(); };
  return {may(Need::kRead), may(Need::kWrite), may(Need::kAdmin)};
}

std::string session_body(const Context& context, const Request& request) {
  const core::Accounts* accounts = context.parts.accounts;
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("user");
  if (request.identity) {
    json.text(request.identity->who);
  } else {
    json.null();
  }
  json.key("can");
  write_grants(json, grants_of(context, request));
  json.boolean("setup", accounts != nullptr && !accounts->setup_code().empty());
  json.boolean("accounts", accounts != nullptr);
  json.end_object();
  return body;
}

core::Result<core::Grants> scopes_of(const json::value& value) {
  core::Grants grants;
  const auto wrong = core::make_error(core::ErrorCode::kInvalid, "'scopes' must be a list of read, write and admin");
  if (!value.is_array()) return wrong;
  for (const auto& item : value.get_array()) {
    const std::string_view scope = item.is_string() ? std::string_view(item.get_string()) : std::string_view();
    if (scope != "read" && scope != "write" && scope != "admin") return wrong;
    (scope == "read" ? grants.read : scope == "write" ? grants.write : grants.admin) = true;
  }
  return grants;
}

// The path's last segment, or the one before `tail`.
std::string name_in(const Request& request, std::string_view tail = {}) {
  std::string_view path = request.target.path;
  path.remove_suffix(tail.size());
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

void get_session(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  Response response = json_response(session_body(context, request));
  const std::string secret(session_of(request));
  if (!request.identity || secret.empty()) return respond(std::move(response));
  on_logins(
      context, request,
      [secret, cookie = Cookie(context, request), response = std::move(response)](core::Accounts& accounts) mutable {
        if (const auto renewed = accounts.renew(secret)) cookie.set(response, *renewed);
        return std::move(response);
      },
      std::move(respond));
}

void post_login(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"user", "password"});
  if (!body) return respond(problem(body.error()));
  core::LoginAttempt attempt{request.peer.address, text_at(*body, "user"), text_at(*body, "password")};
  on_logins(
      context, request,
      [attempt = std::move(attempt), cookie = Cookie(context, request),
       log = context.parts.log](core::Accounts& accounts) {
        if (const auto wait = accounts.wait_of(attempt); wait.count() > 0) return too_early(wait);
        const auto session = accounts.log_in(attempt);
        log.notice("audit: login of '{}' from {}: {}", attempt.user, attempt.address, session ? "done" : "refused");
        return begun(cookie, session);
      },
      std::move(respond));
}

void post_setup(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"code", "user", "password"});
  if (!body) return respond(problem(body.error()));
  core::LoginAttempt attempt{request.peer.address, text_at(*body, "user"), text_at(*body, "password")};
  on_logins(
      context, request,
      [attempt = std::move(attempt), code = text_at(*body, "code"), cookie = Cookie(context, request),
       log = context.parts.log](core::Accounts& accounts) {
        const core::LoginAttempt unnamed{attempt.address, {}, {}};
        if (const auto wait = accounts.wait_of(unnamed); wait.count() > 0) return too_early(wait);
        const auto session = accounts.set_up(code, attempt);
        log.notice("audit: setup by '{}' from {}: {}", attempt.user, attempt.address, session ? "done" : "refused");
        return begun(cookie, session);
      },
      std::move(respond));
}

void post_logout(Context& context, Request request, Respond respond) {
  on_logins(
      context, request,
      [secret = std::string(session_of(request)), cookie = Cookie(context, request)](core::Accounts& accounts) {
        if (!secret.empty()) accounts.log_out(secret);
        Response response = empty_response(204);
        cookie.clear(response);
        return response;
      },
      std::move(respond));
}

void post_password(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"password", "new"});
  if (!body) return respond(problem(body.error()));
  if (!request.identity || session_of(request).empty()) return respond(problem(401, "log in first"));
  core::LoginAttempt attempt{request.peer.address, request.identity->who, text_at(*body, "password")};
  on_logins(
      context, request,
      [attempt = std::move(attempt), fresh = text_at(*body, "new"),
       cookie = Cookie(context, request)](core::Accounts& accounts) {
        if (const auto wait = accounts.wait_of(attempt); wait.count() > 0) return too_early(wait);
        if (const auto session = accounts.log_in(attempt); !session) return refused(session.error());
        if (auto set = accounts.set_password(attempt.user, fresh); !set) return problem(set.error());
        return begun(cookie, accounts.log_in({attempt.address, attempt.user, fresh}));
      },
      std::move(respond));
}

void get_users(Context& context, Request request, Respond respond) {
  on_logins(
      context, request,
      [](core::Accounts& accounts) {
        std::string body;
        JsonWriter json(body);
        json.begin_array();
        for (const auto& user : accounts.users()) {
          json.begin_object()
              .text("name", user.name)
              .text("role", core::to_text(user.role))
              .integer("created", core::to_ms(user.created))
              .end_object();
        }
        json.end_array();
        return json_response(std::move(body));
      },
      std::move(respond));
}

void post_user(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"name", "password", "role"});
  if (!body) return respond(problem(body.error()));
  const auto role = core::role_from(text_at(*body, "role"));
  if (!role) return respond(problem(400, "'role' must be viewer, operator or admin"));
  on_logins(
      context, request,
      [name = text_at(*body, "name"), password = text_at(*body, "password"), role = *role](core::Accounts& accounts) {
        return done(accounts.add_user(name, password, role));
      },
      std::move(respond));
}

void delete_user(Context& context, Request request, Respond respond) {
  on_logins(
      context, request,
      [name = name_in(request)](core::Accounts& accounts) { return done(accounts.remove_user(name)); },
      std::move(respond));
}

void put_password(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"password"});
  if (!body) return respond(problem(body.error()));
  on_logins(
      context, request,
      [name = name_in(request, "/password"), password = text_at(*body, "password")](core::Accounts& accounts) {
        return done(accounts.set_password(name, password));
      },
      std::move(respond));
}

void get_tokens(Context& context, Request request, Respond respond) {
  on_logins(
      context, request,
      [](core::Accounts& accounts) {
        std::string body;
        JsonWriter json(body);
        json.begin_array();
        for (const auto& token : accounts.tokens()) {
          json.begin_object().text("name", token.name).key("scopes");
          write_grants(json, token.grants);
          json.integer("created", core::to_ms(token.created)).end_object();
        }
        json.end_array();
        return json_response(std::move(body));
      },
      std::move(respond));
}

void post_token(Context& context, Request request, Respond respond) {
  const auto body = members_of(request, {"name", "scopes"});
  if (!body) return respond(problem(body.error()));
  const auto grants = scopes_of(body->at("scopes"));
  if (!grants) return respond(problem(grants.error()));
  on_logins(
      context, request,
      [name = text_at(*body, "name"), grants = *grants](core::Accounts& accounts) {
        const auto token = accounts.add_token(name, grants);
        if (!token) return problem(token.error());
        std::string text;
        JsonWriter(text).begin_object().text("name", name).text("token", *token).end_object();
        Response response = json_response(std::move(text));
        return response;
      },
      std::move(respond));
}

void delete_token(Context& context, Request request, Respond respond) {
  on_logins(
      context, request,
      [name = name_in(request)](core::Accounts& accounts) { return done(accounts.remove_token(name)); },
      std::move(respond));
}

}  // namespace telltale::net
