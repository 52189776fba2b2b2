// Covers daemon/provision/round.cpp and state.cpp, over a place and a server that say what a test wants.
#include "daemon/provision/round.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/units.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace telltale::provision {
namespace {

using What = RoundEnd::What;
using core::ErrorCode;

class FakePlace final : public ConfigPlace {
 public:
  core::Result<std::string> present() override { return text; }
  core::Result<void> check(const std::string& /*next*/) override {
    if (error) return *error;
    return {};
  }
  core::Result<Taken> take(const std::string& next) override {
    ++times;
    if (error) return *error;
    text = next;
    return Taken{};
  }
  std::string text = "inputs: []\n";
  std::optional<core::Error> error;
  int times = 0;
};

class RoundTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(make_key_pair(path("fleet")));
    key_ = read_public_key(path("fleet.pub")).value();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (tree_.path() / name).string(); }
  [[nodiscard]] std::string document(std::uint64_t serial, const std::string& until = {},
                                     const std::string& names = "press-*") const {
    const std::string covered = put_head({{names}, serial, until}, "inputs: []\n").value();
    return put_seal(covered, sign(covered, path("fleet.key")).value());
  }
  core::Result<RoundEnd> go(const std::string& text, bool again = false) {
    const auto fetch = [&](const std::string& etag) -> core::Result<Fetched> {
      asked_ = etag;
      return Fetched{Fetched::What::kDocument, text, "\"tag\""};
    };
    Round round{tree_.path().string(),
                "press-7",
                "https://a/b",
                {key_},
                fetch,
                place_,
                clock_,
                false,
                again,
                [this](const std::string& warning) { warnings_.push_back(warning); }};
    return run_round(round);
  }
  What what(const std::string& text, bool again = false) { return go(text, again).value().what; }

  test::TemporaryTree tree_;
  PublicKey key_;
  FakePlace place_;
  test::ManualClock clock_;  // 2023-11-14T22:13:20Z
  std::string asked_;
  std::vector<std::string> warnings_;
};

TEST_F(RoundTest, GoesForwardAlone) {
  EXPECT_EQ(what(document(2)), What::kTaken);
  EXPECT_EQ(what(document(2)), What::kNothingNew);
  EXPECT_EQ(what(document(2, "2100-01-01T00:00:00Z")), What::kRefused) << "the same serial, another content";
  EXPECT_EQ(what(document(1)), What::kRefused);
  EXPECT_EQ(what(document(9)), What::kTaken);
  EXPECT_EQ(place_.times, 2);
}

TEST_F(RoundTest, SerialsOfStrangersBurnNothing) {
  std::string forged = document(9'000'000);
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(what(forged), What::kRefused);
  EXPECT_EQ(what(document(9, {}, "pump-*")), What::kRefused);
  EXPECT_EQ(what(document(1)), What::kTaken);
}

TEST_F(RoundTest, UntilCountsWhileTheClockIsSynchronised) {
  EXPECT_EQ(what(document(1, "2023-11-14T22:13:00Z")), What::kRefused);
  clock_.set_synchronised(false);
  EXPECT_EQ(what(document(1, "2023-11-14T22:13:00Z")), What::kTaken);
  EXPECT_EQ(warnings_.size(), 1U);
  clock_.set_synchronised(true);
  EXPECT_EQ(what(document(1, "2023-11-14T22:13:00Z")), What::kNothingNew) << "what was taken stays";
}

TEST_F(RoundTest, WhatFailedIsNotTriedAgainUntilANewerOneComes) {
  for (const ErrorCode code : {ErrorCode::kInvalid, ErrorCode::kInternal}) {
    const std::uint64_t serial = code == ErrorCode::kInvalid ? 3 : 6;
    place_.error = core::make_error(code, "line 3, column 1: no");
    place_.times = 0;
    EXPECT_EQ(what(document(serial)), What::kFailed);
    place_.error.reset();
    EXPECT_EQ(what(document(serial)), What::kFailed);
    EXPECT_EQ(what(document(serial - 1)), What::kFailed) << "an older one neither";
    EXPECT_EQ(place_.times, 1);
    EXPECT_EQ(what(document(serial + 1)), What::kTaken);
  }
  place_.error = core::make_error(ErrorCode::kInvalid, "no");
  EXPECT_EQ(what(document(8)), What::kFailed);
  place_.error.reset();
  EXPECT_EQ(what(document(8), true), What::kTaken) << "when somebody asks for it";
}

TEST_F(RoundTest, WhatCannotBeHadNowIsTriedAgainForEver) {
  place_.error = core::make_error(ErrorCode::kUnavailable, "no daemon");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(go(document(1)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(load_state(tree_.path().string())->outcome, "no daemon");
  place_.error.reset();
  EXPECT_EQ(what(document(1)), What::kTaken);
}

TEST_F(RoundTest, RoundsThatAreCutShortAreCounted) {
  State state;
  state.trying = State::Trying{1, kMostTimes};
  ASSERT_TRUE(save_state(tree_.path().string(), state));
  EXPECT_EQ(what(document(1)), What::kFailed);
  EXPECT_EQ(place_.times, 0);
  EXPECT_EQ(what(document(2)), What::kTaken);
}

TEST_F(RoundTest, AsksForWhatIsNewAloneOnceItHasTakenSomething) {
  (void)go(document(1));
  EXPECT_EQ(asked_, "");
  (void)go(document(1));
  EXPECT_EQ(asked_, "\"tag\"");
  (void)go(document(1), true);
  EXPECT_EQ(asked_, "") << "looked at again";
  EXPECT_EQ(what("rubbish"), What::kRefused);
  (void)go(document(1));
  EXPECT_EQ(asked_, "") << "what was refused is looked at again";
}

TEST_F(RoundTest, WhatIsRememberedComesBackWhole) {
  const std::string directory = tree_.path().string();
  EXPECT_EQ(load_state(directory).value(), State{});
  State state{7,
              "ab",
              "2026-01-01T00:00:00.000Z",
              true,
              State::Failed{9, "cd", "then", "why \"so\""},
              State::Trying{10, 2},
              "\"e\"",
              "ef",
              "said",
              "once"};
  ASSERT_TRUE(save_state(directory, state));
  EXPECT_EQ(load_state(directory).value(), state);
  const std::string text = state_json(state);
  for (const std::string& broken :
       {std::string(), std::string("null"), std::string("{}"), text.substr(0, text.size() / 2),
        std::string(R"({"version":2})"), std::string(100'000, ' ')}) {
    tree_.write("provision.json", broken);
    EXPECT_FALSE(load_state(directory)) << broken;
    EXPECT_FALSE(go(document(99)));
  }
  EXPECT_EQ(place_.times, 0);
}

TEST_F(RoundTest, WhatRootRemembersTheDaemonCanRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(::chown(tree_.path().c_str(), 65'534, 65'534), 0);
  EXPECT_EQ(what(document(1)), What::kTaken);
  for (const char* name : {"provision.json", "provision.lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 65'534U) << name;
  }
}

TEST_F(RoundTest, OneAtATime) {
  const auto lock = lock_state(tree_.path().string());
  ASSERT_TRUE(lock);
  EXPECT_EQ(go(document(1)).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace telltale::provision
