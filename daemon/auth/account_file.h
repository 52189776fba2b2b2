// accounts.json in the state directory: users, tokens and sessions, secrets only as hashes. Written whole, beside the
// old one, then renamed. Blocks on the disk; guarded by its owner.
#pragma once

#include <map>
#include <string>

#include "daemon/core/interfaces/accounts.h"

namespace telltale::auth {

struct User {
  core::Role role = core::Role::kViewer;
  std::string password;  // its hash, of password.h
  core::WallTime created{};
};
struct Token {
  std::string digest;
  core::Grants grants;
  core::WallTime created{};
};
struct SessionRecord {
  std::string user;
  core::WallTime begun{};  // when somebody logged in
  core::WallTime renewed{};
};

struct Book {
  std::map<std::string, User> users;              // by name
  std::map<std::string, Token> tokens;            // by name
  std::map<std::string, SessionRecord> sessions;  // by the digest of their secret
};

// An empty book when there is no file. ErrorCode::kCorrupt: it is not what it must be, kIo: it cannot be read.
[[nodiscard]] core::Result<Book> read_book(const std::string& path);
[[nodiscard]] core::Result<void> write_book(const std::string& path, const Book& book);

}  // namespace telltale::auth
