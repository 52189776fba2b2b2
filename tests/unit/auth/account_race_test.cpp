// Several at once, on threads: what one of them may do alone, one of them does.
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/auth/account_book.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace telltale::auth {
namespace {

TEST(AccountRace, OfAllWhoKnowTheSetupCodeOneBecomesTheAdmin) {
  const test::TemporaryTree tree;
  const test::ManualClock clock;
  AccountBook book((tree.path() / "accounts.json").string(), clock, core::Logger(core::make_null_sink(), "accounts"));
  const std::string code = book.setup_code();
  std::atomic<bool> go{false};
  std::atomic<int> admins{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> visitors;
  visitors.reserve(6);
  for (int i = 0; i < 6; ++i) {
    visitors.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      const auto session =
          book.set_up(code, {"192.168.1." + std::to_string(i), "user" + std::to_string(i), "correct horse"});
      ++(session ? admins : refused);
    });
  }
  go = true;
  for (std::thread& visitor : visitors) visitor.join();
  EXPECT_EQ(admins, 1);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(book.users().size(), 1U);
  EXPECT_EQ(book.setup_code(), "");
}

}  // namespace
}  // namespace telltale::auth
