// telltale user, telltale token
#include <cstdio>
#include <iostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <termios.h>
#include <unistd.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"

namespace telltale::cli {
namespace {

namespace json = boost::json;

// Keeps the terminal from showing what is typed.
class Hidden {
 public:
  Hidden() {
    shown_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!shown_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  ~Hidden() {
    if (shown_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool shown_ = false;
};

core::Result<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line) || line.empty()) {
    return core::make_error(core::ErrorCode::kInvalid, "no password came on standard input");
  }
  return line;
}

// Asked for twice at a terminal; else the first line of standard input. Never an argument: those everybody can see.
core::Result<std::string> ask_password() {
  if (::isatty(STDIN_FILENO) == 0) return read_line();
  const Hidden hidden;
  std::fputs("Password: ", stderr);
  auto first = read_line();
  std::fputs("\nAgain: ", stderr);
  auto second = first ? read_line() : first;
  std::fputs("\n", stderr);
  if (!first || !second) return core::make_error(core::ErrorCode::kInvalid, "no password was typed");
  if (*first != *second) return core::make_error(core::ErrorCode::kInvalid, "the two passwords differ");
  return first;
}

std::string path_of(const Arguments& arguments, std::string_view kind) {
  return "/api/v1/" + std::string(kind) + "/" + net::percent_encode(arguments.name);
}

// Sends one change and says that it is done.
Outcome change(const Arguments& arguments, const Output& output, const char* method, net::ClientRequest request,
               const std::string& done) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto answer = client->send(method, request);
  if (!answer) return answer.error();
  output.line(done);
  return kExitDone;
}

Outcome list(const Arguments& arguments, const Output& output, const char* path, const char* second) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = path});
  if (!body) return body.error();
  if (arguments.json) {
    output.raw(*body + '\n');
    return kExitDone;
  }
  const auto document = parse_json(*body);
  if (!document) return document.error();
  Table table({"NAME", second, "CREATED"});
  for (const auto& item : array_of(*document)) {
    std::string what = text_of(item, "role");
    for (const auto& scope : array_of(item, "scopes")) what += (what.empty() ? "" : ",") + text_of(scope);
    table.add({text_of(item, "name"), what, time_of(item, "created")});
  }
  table.print(output);
  return kExitDone;
}

}  // namespace

Outcome run_user_list(const Arguments& arguments, const Output& output) {
  return list(arguments, output, "/api/v1/users", "ROLE");
}

Outcome run_user_add(const Arguments& arguments, const Output& output) {
  auto password = ask_password();
  if (!password) return password.error();
  const json::object body{{"name", arguments.name}, {"password", *password}, {"role", arguments.role}};
  return change(arguments, output, "POST", {.path = "/api/v1/users", .body = json::serialize(body)},
                "added " + arguments.name + " (" + arguments.role + ")");
}

Outcome run_user_passwd(const Arguments& arguments, const Output& output) {
  auto password = ask_password();
  if (!password) return password.error();
  return change(
      arguments, output, "PUT",
      {.path = path_of(arguments, "users") + "/password", .body = json::serialize(json::object{{"password", *password}})},
      "changed the password of " + arguments.name + "; its sessions are ended");
}

Outcome run_user_remove(const Arguments& arguments, const Output& output) {
  return change(arguments, output, "DELETE", {.path = path_of(arguments, "users")}, "removed " + arguments.name);
}

Outcome run_token_list(const Arguments& arguments, const Output& output) {
  return list(arguments, output, "/api/v1/tokens", "SCOPES");
}

Outcome run_token_new(const Arguments& arguments, const Output& output) {
  json::array scopes;
  for (const std::string& scope : arguments.scopes) scopes.emplace_back(scope);
  auto client = connect(arguments);
  if (!client) return client.error();
  const json::object body{{"name", arguments.name}, {"scopes", std::move(scopes)}};
  const auto answer = client->post({.path = "/api/v1/tokens", .body = json::serialize(body)});
  if (!answer) return answer.error();
  const auto document = parse_json(*answer);
  if (!document) return document.error();
  if (output.terminal()) output.note("keep it now: it is not shown again");
  output.line(text_of(*document, "token"));
  return kExitDone;
}

Outcome run_token_revoke(const Arguments& arguments, const Output& output) {
  return change(arguments, output, "DELETE", {.path = path_of(arguments, "tokens")}, "revoked " + arguments.name);
}

}  // namespace telltale::cli
