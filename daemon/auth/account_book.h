// The accounts of this device: core::Accounts over accounts.json. Owned by app.
#pragma once

#include <memory>
#include <string>

#include "daemon/auth/account_file.h"
#include "daemon/auth/throttle.h"
#include "daemon/core/log.h"
#include "daemon/core/mutex.h"

namespace telltale::auth {

class AccountBook final : public core::Accounts {
 public:
  // Reads `path`. A file that cannot be read locks everybody out who is not on the device itself, and is left as it
  // is: without it a stranger could set the device up anew.
  AccountBook(std::string path, const core::Clock& clock, core::Logger log);

  std::optional<core::Identity> by_token(std::string_view token) override;
  std::optional<core::Identity> by_session(std::string_view secret) override;
  [[nodiscard]] std::string setup_code() const override;
  [[nodiscard]] std::chrono::seconds wait_of(const core::LoginAttempt& attempt) const override;
  core::Result<core::Session> log_in(const core::LoginAttempt& attempt) override;
  core::Result<core::Session> set_up(std::string_view code, const core::LoginAttempt& attempt) override;
  std::optional<core::Session> renew(std::string_view secret) override;
  void log_out(std::string_view secret) override;
  [[nodiscard]] std::vector<core::UserFacts> users() const override;
  core::Result<void> add_user(const std::string& name, const std::string& password, core::Role role) override;
  core::Result<void> set_password(const std::string& name, const std::string& password) override;
  core::Result<void> remove_user(const std::string& name) override;
  [[nodiscard]] std::vector<core::TokenFacts> tokens() const override;
  core::Result<std::string> add_token(const std::string& name, core::Grants grants) override;
  core::Result<void> remove_token(const std::string& name) override;

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;

  [[nodiscard]] core::Result<void> save(Book next) TELLTALE_REQUIRES(mutex_);
  [[nodiscard]] core::Result<std::string> take_code(std::string_view code, const core::LoginAttempt& attempt);
  [[nodiscard]] core::Result<core::Session> begin_session(const std::string& user) TELLTALE_REQUIRES(mutex_);
  void end(const std::string& digest) TELLTALE_REQUIRES(mutex_);
  void end_sessions_of(const std::string& user, Book& book) TELLTALE_REQUIRES(mutex_);
  [[nodiscard]] bool expired(const SessionRecord& session) const;
  [[nodiscard]] Flag flag_of(const std::string& digest) TELLTALE_REQUIRES(mutex_);
  void count_failure(const core::LoginAttempt& attempt) TELLTALE_REQUIRES(mutex_);

  // Constant after construction.
  std::string path_;
  const core::Clock& clock_;
  core::Logger log_;

  mutable core::Mutex mutex_;
  Book book_ TELLTALE_GUARDED_BY(mutex_);
  bool locked_ TELLTALE_GUARDED_BY(mutex_) = false;  // the file could not be read
  std::string code_ TELLTALE_GUARDED_BY(mutex_);
  unsigned wrong_codes_ TELLTALE_GUARDED_BY(mutex_) = 0;
  Throttle addresses_ TELLTALE_GUARDED_BY(mutex_);
  Throttle names_ TELLTALE_GUARDED_BY(mutex_);
  std::map<std::string, Flag> flags_ TELLTALE_GUARDED_BY(mutex_);  // by digest, of what is in use
};

}  // namespace telltale::auth
