#include "daemon/auth/account_book.h"

#include <algorithm>
#include <utility>

#include "daemon/auth/password.h"
#include "daemon/auth/secret.h"

namespace telltale::auth {

namespace {

using core::ErrorCode;
using core::MutexLock;
using std::chrono::hours;

constexpr hours kIdle{24 * 30};       // since the last renewal
constexpr hours kAbsolute{24 * 180};  // since the login
constexpr hours kRenewAfter{24};
constexpr std::size_t kMostUsers = 100;
constexpr std::size_t kMostTokens = 100;
constexpr std::size_t kMostSessions = 1'000;  // the one renewed longest ago goes
constexpr unsigned kMostWrongCodes = 20;      // then there is another code
constexpr std::string_view kTokenMark = "tt_";

core::Result<void> check_name(const std::string& name, std::string_view what) {
  const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@';
  });
  if (!name.empty() && name.size() <= 64 && clean) return {};
  return core::make_error(ErrorCode::kInvalid, std::string(what) +
                                                   " must be 1 to 64 letters, digits, dots, dashes, underscores "
                                                   "or @");
}

core::Error no_such(std::string_view what, const std::string& name) {
  return core::make_error(ErrorCode::kNotFound, "there is no " + std::string(what) + " '" + name + "'");
}

std::string new_code() {
  std::string code = typed_code(random_text(5));
  return code.insert(4, "-");
}

std::size_t admins(const Book& book) {
  return static_cast<std::size_t>(
      std::count_if(book.users.begin(), book.users.end(),
                    [](const auto& item) { return item.second.role == core::Role::kAdmin; }));
}

}  // namespace

AccountBook::AccountBook(std::string path, const core::Clock& clock, core::Logger log)
    : path_(std::move(path)), clock_(clock), log_(std::move(log)) {
  const MutexLock lock(mutex_);
  auto book = read_book(path_);
  if (!book) {
    locked_ = true;
    log_.error("{}: nobody can log in until it is restored from a backup, or removed to set the device up anew",
               book.error().text());
    return;
  }
  book_ = std::move(*book);
  if (book_.users.empty()) code_ = new_code();
}

// Nothing is taken over that is not on the disk.
core::Result<void> AccountBook::save(Book next) {
  if (locked_) return core::make_error(ErrorCode::kCorrupt, "the file of accounts could not be read", path_);
  if (auto written = write_book(path_, next); !written) return written;
  book_ = std::move(next);
  if (!book_.users.empty()) code_.clear();
  return {};
}

AccountBook::Flag AccountBook::flag_of(const std::string& digest) {
  Flag& flag = flags_[digest];
  if (flag == nullptr) flag = std::make_shared<std::atomic<bool>>(false);
  return flag;
}

void AccountBook::end(const std::string& digest) {
  if (const auto found = flags_.find(digest); found != flags_.end()) {
    found->second->store(true);
    flags_.erase(found);
  }
}

bool AccountBook::expired(const SessionRecord& session) const {
  const auto now = clock_.wall_now();
  return now > session.begun + kAbsolute || now > session.renewed + kIdle;
}

std::optional<core::Identity> AccountBook::by_token(std::string_view token) {
  if (!token.starts_with(kTokenMark)) return std::nullopt;
  const std::string digest = digest_of(token);
  const MutexLock lock(mutex_);
  for (const auto& [name, kept] : book_.tokens) {
    if (same_secret(kept.digest, digest)) return core::Identity{"token " + name, kept.grants, flag_of(digest)};
  }
  return std::nullopt;
}

std::optional<core::Identity> AccountBook::by_session(std::string_view secret) {
  const std::string digest = digest_of(secret);
  const MutexLock lock(mutex_);
  const auto session = book_.sessions.find(digest);
  if (session == book_.sessions.end()) return std::nullopt;
  const auto user = book_.users.find(session->second.user);
  if (user == book_.users.end() || expired(session->second)) return std::nullopt;
  return core::Identity{user->first, core::grants_of(user->second.role), flag_of(digest)};
}

std::string AccountBook::setup_code() const {
  const MutexLock lock(mutex_);
  return code_;
}

std::chrono::seconds AccountBook::wait_of(const core::LoginAttempt& attempt) const {
  const auto now = clock_.boot_now();
  const MutexLock lock(mutex_);
  return std::max(addresses_.wait_of(attempt.address, now), names_.wait_of(attempt.user, now));
}

void AccountBook::count_failure(const core::LoginAttempt& attempt) {
  const auto now = clock_.boot_now();
  addresses_.failed(attempt.address, now);
  if (!attempt.user.empty()) names_.failed(attempt.user, now);
}

core::Result<core::Session> AccountBook::begin_session(const std::string& user) {
  Book next = book_;
  std::erase_if(next.sessions, [this](const auto& item) { return expired(item.second); });
  if (next.sessions.size() >= kMostSessions) {
    const auto oldest =
        std::min_element(next.sessions.begin(), next.sessions.end(), [](const auto& one, const auto& other) {
          return one.second.renewed < other.second.renewed;
        });
    end(oldest->first);
    next.sessions.erase(oldest);
  }
  core::Session session{random_text(20), user, next.users.at(user).role, kIdle};
  const auto now = clock_.wall_now();
  next.sessions[digest_of(session.secret)] = {user, now, now};
  if (auto saved = save(std::move(next)); !saved) return saved.error();
  return session;
}

core::Result<core::Session> AccountBook::log_in(const core::LoginAttempt& attempt) {
  std::string hash;
  {
    const MutexLock lock(mutex_);
    if (const auto user = book_.users.find(attempt.user); user != book_.users.end()) hash = user->second.password;
  }
  // Nobody learns from the time it takes which names there are.
  if (hash.empty()) waste_time_on(attempt.password);
  const bool right = !hash.empty() && matches_hash(attempt.password, hash);
  const MutexLock lock(mutex_);
  const auto user = book_.users.find(attempt.user);
  if (!right || user == book_.users.end() || user->second.password != hash) {
    count_failure(attempt);
    return core::make_error(ErrorCode::kDenied, "the name or the password is wrong");
  }
  addresses_.succeeded(attempt.address);
  names_.succeeded(attempt.user);
  return begin_session(attempt.user);
}

// Takes the code out of use, so that two who have it do not both get in.
core::Result<std::string> AccountBook::take_code(std::string_view code, const core::LoginAttempt& attempt) {
  const MutexLock lock(mutex_);
  if (code_.empty()) return core::make_error(ErrorCode::kConflict, "this device is set up: log in");
  if (same_secret(typed_code(code), typed_code(code_))) return std::exchange(code_, {});
  count_failure({attempt.address, {}, {}});
  if (++wrong_codes_ >= kMostWrongCodes) {
    wrong_codes_ = 0;
    code_ = new_code();
    log_.warning("many wrong setup codes: there is a new one; `telltale status` on the device shows it");
  }
  return core::make_error(ErrorCode::kDenied,
                          "this is not the setup code: `telltale status` on the device shows it, and its log does");
}

core::Result<core::Session> AccountBook::set_up(std::string_view code, const core::LoginAttempt& attempt) {
  auto taken = take_code(code, attempt);
  if (!taken) return taken.error();
  const auto added = add_user(attempt.user, attempt.password, core::Role::kAdmin);
  const MutexLock lock(mutex_);
  if (added) return begin_session(attempt.user);
  if (book_.users.empty()) code_ = std::move(*taken);
  return added.error();
}

std::optional<core::Session> AccountBook::renew(std::string_view secret) {
  const MutexLock lock(mutex_);
  const auto found = book_.sessions.find(digest_of(secret));
  if (found == book_.sessions.end() || expired(found->second)) return std::nullopt;
  const auto now = clock_.wall_now();
  if (now < found->second.renewed + kRenewAfter) return std::nullopt;
  const auto user = book_.users.find(found->second.user);
  if (user == book_.users.end()) return std::nullopt;
  Book next = book_;
  next.sessions.erase(found->first);
  core::Session session{random_text(20), user->first, user->second.role, kIdle};
  next.sessions[digest_of(session.secret)] = {user->first, found->second.begun, now};
  end(found->first);
  if (!save(std::move(next))) return std::nullopt;
  return session;
}

void AccountBook::log_out(std::string_view secret) {
  const std::string digest = digest_of(secret);
  const MutexLock lock(mutex_);
  end(digest);
  if (!book_.sessions.contains(digest)) return;
  Book next = book_;
  next.sessions.erase(digest);
  if (auto saved = save(next); !saved) {
    log_.error("a logout could not be written: {}", saved.error().text());
    book_ = std::move(next);  // it holds until the next start at least
  }
}

void AccountBook::end_sessions_of(const std::string& user, Book& book) {
  for (auto item = book.sessions.begin(); item != book.sessions.end();) {
    if (item->second.user != user) {
      ++item;
      continue;
    }
    end(item->first);
    item = book.sessions.erase(item);
  }
}

std::vector<core::UserFacts> AccountBook::users() const {
  const MutexLock lock(mutex_);
  std::vector<core::UserFacts> out;
  for (const auto& [name, user] : book_.users) out.push_back({name, user.role, user.created});
  return out;
}

core::Result<void> AccountBook::add_user(const std::string& name, const std::string& password, core::Role role) {
  if (auto clean = check_name(name, "the name of a user"); !clean) return clean;
  if (auto good = check_password(password); !good) return good;
  auto hash = hash_of(password);
  if (!hash) return hash.error();
  const MutexLock lock(mutex_);
  if (book_.users.contains(name)) {
    return core::make_error(ErrorCode::kConflict, "there is a user '" + name + "' already");
  }
  if (book_.users.empty() && role != core::Role::kAdmin) {
    return core::make_error(ErrorCode::kInvalid, "the first user must be an admin");
  }
  if (book_.users.size() >= kMostUsers) return core::make_error(ErrorCode::kLimit, "there are 100 users already");
  Book next = book_;
  next.users[name] = {role, std::move(*hash), clock_.wall_now()};
  return save(std::move(next));
}

core::Result<void> AccountBook::set_password(const std::string& name, const std::string& password) {
  if (auto good = check_password(password); !good) return good;
  auto hash = hash_of(password);
  if (!hash) return hash.error();
  const MutexLock lock(mutex_);
  if (!book_.users.contains(name)) return no_such("user", name);
  Book next = book_;
  next.users[name].password = std::move(*hash);
  end_sessions_of(name, next);
  return save(std::move(next));
}

core::Result<void> AccountBook::remove_user(const std::string& name) {
  const MutexLock lock(mutex_);
  const auto user = book_.users.find(name);
  if (user == book_.users.end()) return no_such("user", name);
  if (user->second.role == core::Role::kAdmin && admins(book_) == 1) {
    return core::make_error(ErrorCode::kDenied, "'" + name + "' is the last admin: add another one first");
  }
  Book next = book_;
  next.users.erase(name);
  end_sessions_of(name, next);
  return save(std::move(next));
}

std::vector<core::TokenFacts> AccountBook::tokens() const {
  const MutexLock lock(mutex_);
  std::vector<core::TokenFacts> out;
  for (const auto& [name, token] : book_.tokens) out.push_back({name, token.grants, token.created});
  return out;
}

core::Result<std::string> AccountBook::add_token(const std::string& name, core::Grants grants) {
  if (auto clean = check_name(name, "the name of a token"); !clean) return clean.error();
  if (!grants.read && !grants.write && !grants.admin) {
    return core::make_error(ErrorCode::kInvalid, "a token needs a scope: read, write or admin");
  }
  const MutexLock lock(mutex_);
  if (book_.tokens.contains(name)) {
    return core::make_error(ErrorCode::kConflict, "there is a token '" + name + "' already: revoke it first");
  }
  if (book_.tokens.size() >= kMostTokens) return core::make_error(ErrorCode::kLimit, "there are 100 tokens already");
  std::string token = std::string(kTokenMark) + random_text(20);
  Book next = book_;
  next.tokens[name] = {digest_of(token), grants, clock_.wall_now()};
  if (auto saved = save(std::move(next)); !saved) return saved.error();
  return token;
}

core::Result<void> AccountBook::remove_token(const std::string& name) {
  const MutexLock lock(mutex_);
  const auto token = book_.tokens.find(name);
  if (token == book_.tokens.end()) return no_such("token", name);
  end(token->second.digest);
  Book next = book_;
  next.tokens.erase(name);
  return save(std::move(next));
}

}  // namespace telltale::auth
