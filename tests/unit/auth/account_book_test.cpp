#include "daemon/auth/account_book.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace telltale::auth {
namespace {

using core::ErrorCode;
using core::Role;
using std::chrono::hours;
using std::chrono::seconds;

class AccountBookTest : public testing::Test {
 protected:
  AccountBook open() { return {path(), clock_, core::Logger(core::make_null_sink(), "accounts")}; }
  [[nodiscard]] std::string path() const { return (tree_.path() / "accounts.json").string(); }
  [[nodiscard]] std::string text() const {
    std::ifstream stream(path());
    std::ostringstream out;
    out << stream.rdbuf();
    return out.str();
  }

  test::TemporaryTree tree_;
  test::ManualClock clock_;
};

const core::LoginAttempt kAnna{"192.168.1.9", "anna", "correct horse"};

TEST_F(AccountBookTest, TheSetupCodeMakesTheFirstAdminAndIsUsedUp) {
  AccountBook book = open();
  const std::string code = book.setup_code();
  ASSERT_EQ(code.size(), 9U);
  EXPECT_EQ(book.set_up("0000-0000", kAnna).error().code, ErrorCode::kDenied);
  EXPECT_EQ(book.set_up(code, {"192.168.1.9", "anna", "short"}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(book.setup_code(), code) << "a refused password does not use it up";
  std::string typed = code;
  typed.erase(4, 1);
  for (char& c : typed) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto session = book.set_up(" " + typed, kAnna);
  ASSERT_TRUE(session) << session.error().text();
  EXPECT_EQ(session->role, Role::kAdmin);
  EXPECT_EQ(book.setup_code(), "");
  EXPECT_EQ(book.set_up(code, {"192.168.1.9", "eve", "correct horse"}).error().code, ErrorCode::kConflict);
  const auto identity = book.by_session(session->secret);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->who, "anna");
  EXPECT_TRUE(identity->grants.admin);
}

TEST_F(AccountBookTest, ManyWrongCodesMakeAnotherOne) {
  AccountBook book = open();
  const std::string code = book.setup_code();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(book.set_up("WRNG-CDES", kAnna));
  EXPECT_NE(book.setup_code(), code);
  EXPECT_FALSE(book.set_up(code, kAnna));
  EXPECT_GT(book.wait_of({"192.168.1.9", {}, {}}), seconds(60));
}

TEST_F(AccountBookTest, EverythingOutlivesARestartAndNoSecretIsInTheFile) {
  std::string session;
  std::string token;
  {
    AccountBook book = open();
    session = book.set_up(book.setup_code(), kAnna)->secret;
    ASSERT_TRUE(book.add_user("ben", "battery staple", Role::kViewer));
    token = book.add_token("script", {true, true, false}).value();
  }
  AccountBook book = open();
  EXPECT_EQ(book.setup_code(), "");
  EXPECT_TRUE(book.by_session(session));
  EXPECT_EQ(book.by_token(token)->grants, (core::Grants{true, true, false}));
  EXPECT_TRUE(book.log_in({"10.0.0.1", "ben", "battery staple"}));
  EXPECT_EQ(book.users().size(), 2U);
  for (const std::string& secret : {session, token, std::string("correct horse"), std::string("battery staple")}) {
    EXPECT_THAT(text(), testing::Not(testing::HasSubstr(secret)));
  }
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AccountBookTest, WrongPasswordsAreRefusedAndSlowedDown) {
  AccountBook book = open();
  ASSERT_TRUE(book.set_up(book.setup_code(), kAnna));
  const core::LoginAttempt wrong{"192.168.1.66", "anna", "wrong horse"};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(book.wait_of(wrong), seconds(0)) << i;
    EXPECT_EQ(book.log_in(wrong).error().code, ErrorCode::kDenied);
  }
  EXPECT_EQ(book.wait_of(wrong), seconds(2)) << "the address waits";
  EXPECT_EQ(book.wait_of({"192.168.1.7", "anna", {}}), seconds(2)) << "and so does the name";
  EXPECT_EQ(book.wait_of({"192.168.1.7", "ben", {}}), seconds(0));
  clock_.advance(seconds(3));
  EXPECT_EQ(book.log_in(wrong).error().code, ErrorCode::kDenied);
  EXPECT_EQ(book.wait_of(wrong), seconds(4)) << "twice as long";
  clock_.advance(seconds(5));
  EXPECT_TRUE(book.log_in({"192.168.1.66", "anna", "correct horse"}));
  EXPECT_EQ(book.wait_of(wrong), seconds(0)) << "forgiven";
  EXPECT_EQ(book.log_in({"192.168.1.66", "nobody", "correct horse"}).error().code, ErrorCode::kDenied);
}

// CPU time of this thread: what the machine does beside is not in it.
double seconds_of(AccountBook& book, const core::LoginAttempt& attempt) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  const double begin = now();
  EXPECT_FALSE(book.log_in(attempt));
  return now() - begin;
}

TEST_F(AccountBookTest, TheTimeOfAnAnswerDoesNotTellWhichNamesThereAre) {
  AccountBook book = open();
  ASSERT_TRUE(book.set_up(book.setup_code(), kAnna));
  for (const std::string& password : {std::string("wrong horse"), std::string(), std::string(100'000, 'x')}) {
    std::vector<double> ratios;
    for (int i = 0; i < 9; ++i) {
      const double known = seconds_of(book, {"10.0.0.1", "anna", password});
      ratios.push_back(known / seconds_of(book, {"10.0.0.1", "nobody", password}));
    }
    std::nth_element(ratios.begin(), ratios.begin() + 4, ratios.end());
    EXPECT_GT(ratios[4], 0.67) << password.size() << " bytes";
    EXPECT_LT(ratios[4], 1.5) << password.size() << " bytes";
  }
}

TEST_F(AccountBookTest, SessionsEndByLogoutAgePasswordAndRemoval) {
  AccountBook book = open();
  const std::string first = book.set_up(book.setup_code(), kAnna)->secret;
  const auto identity = book.by_session(first);
  ASSERT_TRUE(identity);
  book.log_out(first);
  EXPECT_FALSE(book.by_session(first));
  EXPECT_TRUE(identity->ended->load()) << "what stays open ends too";

  const std::string second = book.log_in(kAnna)->secret;
  const auto seen = book.by_session(second);
  ASSERT_TRUE(book.set_password("anna", "another horse"));
  EXPECT_FALSE(book.by_session(second));
  EXPECT_TRUE(seen->ended->load());

  const std::string third = book.log_in({"a", "anna", "another horse"})->secret;
  clock_.advance(hours(24 * 29));
  EXPECT_TRUE(book.by_session(third));
  clock_.advance(hours(24 * 2));
  EXPECT_FALSE(book.by_session(third)) << "a month without a renewal";

  ASSERT_TRUE(book.add_user("ben", "battery staple", Role::kOperator));
  const std::string fourth = book.log_in({"a", "ben", "battery staple"})->secret;
  ASSERT_TRUE(book.remove_user("ben"));
  EXPECT_FALSE(book.by_session(fourth));
}

TEST_F(AccountBookTest, ASessionIsRenewedOnceADayUnderAnotherSecretAndEndsAfterHalfAYear) {
  AccountBook book = open();
  std::string secret = book.set_up(book.setup_code(), kAnna)->secret;
  EXPECT_FALSE(book.renew(secret)) << "fresh";
  for (int day = 0; day < 179; ++day) {
    clock_.advance(hours(24));
    const auto renewed = book.renew(secret);
    ASSERT_TRUE(renewed) << day;
    EXPECT_NE(renewed->secret, secret);
    EXPECT_FALSE(book.by_session(secret));
    secret = renewed->secret;
    EXPECT_TRUE(book.by_session(secret));
  }
  clock_.advance(hours(48));
  EXPECT_FALSE(book.by_session(secret));
  EXPECT_FALSE(book.renew(secret));
}

TEST_F(AccountBookTest, TheLastAdminStays) {
  AccountBook book = open();
  EXPECT_EQ(book.add_user("ben", "battery staple", Role::kViewer).error().code, ErrorCode::kInvalid)
      << "the first user is an admin";
  ASSERT_TRUE(book.set_up(book.setup_code(), kAnna));
  ASSERT_TRUE(book.add_user("ben", "battery staple", Role::kOperator));
  EXPECT_EQ(book.remove_user("anna").error().code, ErrorCode::kDenied);
  ASSERT_TRUE(book.add_user("carl", "battery staple", Role::kAdmin));
  EXPECT_TRUE(book.remove_user("anna"));
  EXPECT_EQ(book.remove_user("anna").error().code, ErrorCode::kNotFound);
}

TEST_F(AccountBookTest, TokensAreShownOnceAndRevoked) {
  AccountBook book = open();
  EXPECT_EQ(book.add_token("none", {}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(book.add_token("a b", {true, false, false}).error().code, ErrorCode::kInvalid);
  const std::string token = book.add_token("grafana", {true, false, false}).value();
  EXPECT_EQ(book.add_token("grafana", {true, false, false}).error().code, ErrorCode::kConflict);
  const auto identity = book.by_token(token);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->who, "token grafana");
  EXPECT_FALSE(book.by_token(token + "x"));
  EXPECT_FALSE(book.by_token(""));
  ASSERT_TRUE(book.remove_token("grafana"));
  EXPECT_FALSE(book.by_token(token));
  EXPECT_TRUE(identity->ended->load());
}

TEST_F(AccountBookTest, AFileThatCannotBeReadLocksAndIsLeftAlone) {
  for (const char* content : {"", "{", "[]", R"({"version":2,"users":{},"tokens":{},"sessions":{}})",
                              R"({"version":1,"users":{"a":{"role":"king"}},"tokens":{},"sessions":{}})"}) {
    tree_.write("accounts.json", content);
    AccountBook book = open();
    EXPECT_EQ(book.setup_code(), "") << content;
    EXPECT_FALSE(book.set_up("", kAnna)) << content;
    EXPECT_FALSE(book.add_user("anna", "correct horse", Role::kAdmin)) << content;
    EXPECT_EQ(text(), content);
  }
}

TEST_F(AccountBookTest, NothingIsTakenOverThatIsNotOnTheDisk) {
  AccountBook book = open();
  tree_.write("accounts.json.new/in-the-way", "");
  const std::string code = book.setup_code();
  EXPECT_FALSE(book.set_up(code, kAnna));
  EXPECT_EQ(book.setup_code(), code);
  EXPECT_TRUE(book.users().empty());
  tree_.remove("accounts.json.new");
  EXPECT_TRUE(book.set_up(code, kAnna));
}

}  // namespace
}  // namespace telltale::auth
