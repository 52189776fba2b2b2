#include "daemon/auth/account_file.h"

#include <cerrno>
#include <cstdio>
#include <exception>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::auth {

namespace {

namespace json = boost::json;
using core::ErrorCode;

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 8UL << 20U;

std::string text_at(const json::object& object, std::string_view name) {
  return json::value_to<std::string>(object.at(name));
}
core::WallTime time_at(const json::object& object, std::string_view name) {
  return core::from_ms(object.at(name).as_int64());
}

User user_of(const json::object& object) {
  const auto role = core::role_from(text_at(object, "role"));
  if (!role) throw std::out_of_range("role");
  return {*role, text_at(object, "password"), time_at(object, "created")};
}

Token token_of(const json::object& object) {
  return {text_at(object, "digest"),
          {object.at("read").as_bool(), object.at("write").as_bool(), object.at("admin").as_bool()},
          time_at(object, "created")};
}

// Throws what Boost.JSON throws for a member that is missing or of another type.
Book book_of(const json::object& root) {
  if (root.at("version").as_int64() != kVersion) throw std::out_of_range("version");
  Book book;
  for (const auto& item : root.at("users").as_object()) book.users[item.key()] = user_of(item.value().as_object());
  for (const auto& item : root.at("tokens").as_object()) book.tokens[item.key()] = token_of(item.value().as_object());
  for (const auto& item : root.at("sessions").as_object()) {
    const auto& session = item.value().as_object();
    book.sessions[item.key()] = {text_at(session, "user"), time_at(session, "begun"), time_at(session, "renewed")};
  }
  return book;
}

std::string text_of(const Book& book) {
  json::object users;
  for (const auto& [name, user] : book.users) {
    users[name] = {{"role", core::to_text(user.role)},
                   {"password", user.password},
                   {"created", core::to_ms(user.created)}};
  }
  json::object tokens;
  for (const auto& [name, token] : book.tokens) {
    tokens[name] = {{"digest", token.digest},
                    {"read", token.grants.read},
                    {"write", token.grants.write},
                    {"admin", token.grants.admin},
                    {"created", core::to_ms(token.created)}};
  }
  json::object sessions;
  for (const auto& [digest, session] : book.sessions) {
    sessions[digest] = {{"user", session.user},
                        {"begun", core::to_ms(session.begun)},
                        {"renewed", core::to_ms(session.renewed)}};
  }
  return json::serialize(json::object{{"version", kVersion},
                                      {"users", std::move(users)},
                                      {"tokens", std::move(tokens)},
                                      {"sessions", std::move(sessions)}}) +
         '\n';
}

core::Result<std::string> read_text(const std::string& path, const core::Fd& fd) {
  std::string text;
  for (;;) {
    const std::size_t have = text.size();
    text.resize(have + 65'536);
    const ssize_t got = ::read(fd.get(), text.data() + have, text.size() - have);
    text.resize(have + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return core::errno_error(errno, "read", path);
    if (got == 0) return text;
    if (text.size() > kMostBytes) return core::make_error(ErrorCode::kCorrupt, "is larger than 8 MiB", path);
  }
}

core::Result<void> write_text(const core::Fd& fd, const std::string& text, const std::string& path) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(fd.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return core::errno_error(errno, "write", path);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fsync(fd.get()) != 0) return core::errno_error(errno, "write", path);
  return {};
}

}  // namespace

core::Result<Book> read_book(const std::string& path) {
  const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    if (errno == ENOENT) return Book{};
    return core::errno_error(errno, "open", path);
  }
  const auto text = read_text(path, fd);
  if (!text) return text.error();
  try {
    return book_of(json::parse(*text).as_object());
  } catch (const std::exception& failure) {
    return core::make_error(ErrorCode::kCorrupt, std::string("is not a file of accounts: ") + failure.what(), path);
  }
}

core::Result<void> write_book(const std::string& path, const Book& book) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const core::Fd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return core::errno_error(errno, "write", fresh);
  auto written = write_text(fd, text_of(book), fresh);
  if (written && std::rename(fresh.c_str(), path.c_str()) != 0) written = core::errno_error(errno, "replace", path);
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  const core::Fd directory(::open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) ::fsync(directory.get());
  return {};
}

}  // namespace telltale::auth
