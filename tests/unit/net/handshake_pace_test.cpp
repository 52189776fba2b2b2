// Who may begin a handshake, and who waits.
#include "daemon/net/handshake_pace.h"

#include <gtest/gtest.h>

namespace telltale::net {
namespace {

using namespace std::chrono_literals;

HttpLimits limits() {
  HttpLimits chosen;
  chosen.handshakes_per_second = 10;
  chosen.handshake_burst = 20;
  chosen.address_handshakes_per_second = 4;
  return chosen;
}

int admitted(HandshakePace& pace, const std::string& address, bool alone, core::BootTime now, int tries = 1'000) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += pace.admit(address, alone, now) ? 1 : 0;
  return count;
}

TEST(HandshakePace, ABurstAndThenSoManyASecond) {
  HandshakePace pace(limits());
  core::BootTime now{100s};
  EXPECT_EQ(admitted(pace, "127.0.0.1", false, now), 20);
  EXPECT_EQ(admitted(pace, "127.0.0.1", false, now += 500ms), 5);
  EXPECT_EQ(admitted(pace, "127.0.0.1", false, now += 1h), 20) << "no more than a burst is saved";
}

TEST(HandshakePace, AnAddressTakesNoMoreThanItsShare) {
  HandshakePace pace(limits());
  core::BootTime now{100s};
  EXPECT_EQ(admitted(pace, "192.0.2.1", true, now), 4);
  EXPECT_EQ(admitted(pace, "192.0.2.1", true, now + 900ms), 0) << "of each second";
  EXPECT_EQ(admitted(pace, "192.0.2.2", true, now), 4) << "which is not taken from others";
  EXPECT_EQ(admitted(pace, "192.0.2.1", true, now + 1s), 4);
}

TEST(HandshakePace, NobodyPassesThoseWhoWait) {
  HandshakePace pace(limits());
  core::BootTime now{100s};
  EXPECT_EQ(admitted(pace, "127.0.0.1", false, now), 20);
  pace.begin_to_wait();
  now += 1s;
  EXPECT_EQ(admitted(pace, "192.0.2.9", true, now), 0) << "there is one before";
  EXPECT_TRUE(pace.admit_waiting("127.0.0.1", false, now));
  pace.end_to_wait();
  EXPECT_TRUE(pace.admit("192.0.2.9", true, now));
}

}  // namespace
}  // namespace telltale::net
