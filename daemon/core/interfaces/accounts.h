// Who may do what on this device: users with passwords, sessions of their browsers, tokens of scripts. Net asks it.
// Provided by auth.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"

namespace telltale::core {

// What somebody may do: look, post readings and operate, change the device.
struct Grants {
  bool read = false;
  bool write = false;
  bool admin = false;
  friend bool operator==(const Grants&, const Grants&) = default;
};

// viewer: read. operator: read and write. admin: all.
enum class Role : std::uint8_t { kViewer, kOperator, kAdmin };
[[nodiscard]] constexpr Grants grants_of(Role role) { return {true, role != Role::kViewer, role == Role::kAdmin}; }
[[nodiscard]] constexpr std::string_view to_text(Role role) {
  return role == Role::kAdmin ? "admin" : role == Role::kOperator ? "operator" : "viewer";
}
[[nodiscard]] constexpr std::optional<Role> role_from(std::string_view text) {
  if (text == "admin") return Role::kAdmin;
  if (text == "operator") return Role::kOperator;
  return text == "viewer" ? std::optional(Role::kViewer) : std::nullopt;
}

// Somebody who has shown who they are.
struct Identity {
  std::string who;  // name of the user, or "token NAME"
  Grants grants;
  // Set when it no longer holds (logged out, removed, another password): what stays open for long ends then.
  std::shared_ptr<const std::atomic<bool>> ended;
};

// A browser's session, just begun. `secret` is for its cookie, and kept nowhere.
struct Session {
  std::string secret;
  std::string user;
  Role role = Role::kViewer;
  std::chrono::seconds lifetime{};
};

struct UserFacts {
  std::string name;
  Role role = Role::kViewer;
  WallTime created{};
};
struct TokenFacts {
  std::string name;
  Grants grants;
  WallTime created{};
};

// Somebody at the door.
struct LoginAttempt {
  std::string address;  // where it comes from
  std::string user;
  std::string password;
};

// Any thread. What says that it blocks takes a tenth of a second of a core, by design, and writes to the disk.
class Accounts {
 public:
  Accounts() = default;
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;
  virtual ~Accounts() = default;

  [[nodiscard]] virtual std::optional<Identity> by_token(std::string_view token) = 0;
  [[nodiscard]] virtual std::optional<Identity> by_session(std::string_view secret) = 0;

  // The code with which the first user is made; empty when there is one.
  [[nodiscard]] virtual std::string setup_code() const = 0;
  // How long this one has to wait before trying again; zero: not at all.
  [[nodiscard]] virtual std::chrono::seconds wait_of(const LoginAttempt& attempt) const = 0;
  // Blocks. ErrorCode::kDenied: wrong, and counted.
  [[nodiscard]] virtual Result<Session> log_in(const LoginAttempt& attempt) = 0;
  // Blocks. Makes the first user, an admin. kDenied: the code is wrong; kConflict: there is a user; kInvalid: the name
  // or the password will not do.
  [[nodiscard]] virtual Result<Session> set_up(std::string_view code, const LoginAttempt& attempt) = 0;
  // A session older than a day goes on under another secret; nothing when it need not. Blocks on the disk.
  [[nodiscard]] virtual std::optional<Session> renew(std::string_view secret) = 0;
  virtual void log_out(std::string_view secret) = 0;

  [[nodiscard]] virtual std::vector<UserFacts> users() const = 0;
  // Block. kConflict: there is one of that name; kInvalid as above; kNotFound; kDenied: the last admin stays.
  [[nodiscard]] virtual Result<void> add_user(const std::string& name, const std::string& password, Role role) = 0;
  [[nodiscard]] virtual Result<void> set_password(const std::string& name, const std::string& password) = 0;
  [[nodiscard]] virtual Result<void> remove_user(const std::string& name) = 0;

  [[nodiscard]] virtual std::vector<TokenFacts> tokens() const = 0;
  // The token's text: shown once, kept nowhere. Errors as above.
  [[nodiscard]] virtual Result<std::string> add_token(const std::string& name, Grants grants) = 0;
  [[nodiscard]] virtual Result<void> remove_token(const std::string& name) = 0;
};

}  // namespace telltale::core
