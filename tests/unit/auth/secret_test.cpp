#include "daemon/auth/secret.h"

#include <set>

#include <gtest/gtest.h>

#include "daemon/auth/password.h"
#include "daemon/auth/throttle.h"

namespace telltale::auth {
namespace {

TEST(RandomText, IsAsLongAsItsBytesAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = random_text(20);
    EXPECT_EQ(text.size(), 32U);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos) << text;
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
}

TEST(SameSecret, ComparesAllOfIt) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_TRUE(same_secret("", ""));
}

TEST(TypedCode, ForgivesWhatPeopleMistype) {
  EXPECT_EQ(typed_code("ab1o-l i9z"), "AB10119Z");
  EXPECT_EQ(typed_code(""), "");
}

TEST(Password, IsRefusedWhenShortLongOrNoText) {
  EXPECT_TRUE(check_password("12345678"));
  EXPECT_TRUE(check_password("pässwörd"));
  EXPECT_FALSE(check_password("1234567"));
  EXPECT_FALSE(check_password("ääää")) << "eight bytes, four characters";
  EXPECT_FALSE(check_password(std::string(257, 'x')));
  EXPECT_FALSE(check_password("\xff\xfe\xff\xfe\xff\xfe\xff\xfe"));
}

TEST(Password, HashesDifferAndVerify) {
  const std::string one = hash_of("correct horse").value();
  EXPECT_TRUE(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << one;
  EXPECT_NE(one, hash_of("correct horse").value());
  EXPECT_TRUE(matches_hash("correct horse", one));
  EXPECT_FALSE(matches_hash("correct horse ", one));
  EXPECT_FALSE(matches_hash("correct horse", "not a hash"));
  EXPECT_FALSE(matches_hash(std::string(1 << 20, 'x'), one));
}

TEST(Throttle, ForgetsAndIsBounded) {
  Throttle throttle;
  core::BootTime now{std::chrono::hours(1)};
  for (int i = 0; i < 20; ++i) throttle.failed("a", now);
  EXPECT_EQ(throttle.wait_of("a", now), std::chrono::seconds(900)) << "never longer";
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::milliseconds(1);
    throttle.failed("address " + std::to_string(i), now);
  }
  EXPECT_LE(throttle.size(), 4'096U);
  now += std::chrono::hours(2);
  throttle.failed("b", now);
  EXPECT_EQ(throttle.size(), 1U);
  throttle.succeeded("b");
  EXPECT_EQ(throttle.size(), 0U);
}

}  // namespace
}  // namespace telltale::auth
