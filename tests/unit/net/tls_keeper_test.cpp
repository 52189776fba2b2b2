#include "daemon/net/tls_keeper.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "daemon/net/tls_certificate.h"
#include "tests/support/manual_clock.h"

namespace telltale::net {
namespace {

using std::chrono::hours;

class Keeper : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "telltale-tls-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<TlsKeeper> own() {
    TlsOptions options;
    options.mode = TlsMode::kAuto;
    options.state_directory = directory_;
    options.names = names_;
    options.addresses = [this] { return addresses_; };
    return make(std::move(options));
  }
  std::unique_ptr<TlsKeeper> files() {
    TlsOptions options;
    options.mode = TlsMode::kFiles;
    options.state_directory = directory_;
    options.certificate = directory_ + "/site.crt";
    options.key = directory_ + "/site.key";
    return make(std::move(options));
  }
  std::unique_ptr<TlsKeeper> make(TlsOptions options) {
    return std::make_unique<TlsKeeper>(std::move(options), clock_, core::Logger(core::make_null_sink(), "tls"));
  }
  static std::string fingerprint(const TlsKeeper& keeper) { return keeper.shown().identity->facts().fingerprint; }

  void write(const std::string& name, const std::string& text) const {
    // Another file, as certbot and its like put there: not the old one with another content in the same second.
    const std::string path = directory_ + "/" + name;
    std::ofstream(path + ".tmp", std::ios::binary) << text;
    std::filesystem::rename(path + ".tmp", path);
  }
  std::string pair(const std::string& name, hours life = hours(24)) const {
    const std::string key = make_key().value();
    const std::string made =
        make_certificate(key, {{name}, clock_.wall_now() - hours(48), clock_.wall_now() + life}).value();
    write("site.key", key);
    write("site.crt", made);
    return read_certificate(made)->fingerprint;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::string directory_;
  test::ManualClock clock_;
  std::vector<std::string> names_ = {"press-7", "press-7.local", "Press 7"};
  std::vector<std::string> addresses_ = {"192.0.2.7"};
};

TEST_F(Keeper, MakesACertificateOnceAndKeepsIt) {
  const auto first = own();
  ASSERT_TRUE(first->refresh());
  const auto shown = first->shown();
  EXPECT_TRUE(shown.own);
  EXPECT_TRUE(shown.error.empty());
  EXPECT_EQ(shown.identity->facts().names,
            (std::vector<std::string>{"press-7", "press-7.local", "localhost", "192.0.2.7", "127.0.0.1", "::1"}));
  struct stat status {};
  ASSERT_EQ(::stat((directory_ + "/tls.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_TRUE(first->refresh());
  EXPECT_EQ(first->shown().identity, shown.identity);
  const auto later = own();
  ASSERT_TRUE(later->refresh());
  EXPECT_EQ(fingerprint(*later), fingerprint(*first)) << "an update of the daemon keeps it";
}

TEST_F(Keeper, BeginsBeforeNowAndIsMadeAnewBeforeItEnds) {
  const auto keeper = own();
  ASSERT_TRUE(keeper->refresh());
  const std::string first = fingerprint(*keeper);
  const auto facts = keeper->shown().identity->facts();
  EXPECT_LE(facts.not_before, clock_.wall_now() - hours(1));
  EXPECT_LE(facts.not_after - facts.not_before, hours(825 * 24)) << "browsers of Apple's refuse longer ones";
  clock_.advance(hours(24 * 780));
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), first);
  clock_.advance(hours(24 * 20));
  ASSERT_TRUE(keeper->refresh());
  EXPECT_NE(fingerprint(*keeper), first);
  EXPECT_GT(keeper->shown().identity->facts().not_after, clock_.wall_now() + hours(24 * 700));
}

TEST_F(Keeper, WithoutAClockItIsValidAtAnyTimeUntilThereIsOne) {
  test::ManualClock& clock = clock_;
  clock.step_wall(-(clock.wall_now().time_since_epoch()));  // 1970, as a device without a battery wakes up
  clock.set_synchronised(false);
  const auto keeper = own();
  ASSERT_TRUE(keeper->refresh());
  const auto facts = keeper->shown().identity->facts();
  const auto today = core::from_ms(1'700'000'000'000);
  EXPECT_LT(facts.not_before, today);
  EXPECT_GT(facts.not_after, today + hours(24 * 365 * 100));
  const std::string first = fingerprint(*keeper);
  const std::string key = read("tls.pem").substr(0, 200);
  clock.step_wall(today - clock.wall_now());
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), first) << "set, but nobody vouches for it";
  clock.set_synchronised(true);
  ASSERT_TRUE(keeper->refresh());
  EXPECT_NE(fingerprint(*keeper), first);
  EXPECT_LE(keeper->shown().identity->facts().not_before, today);
  EXPECT_LT(keeper->shown().identity->facts().not_after, today + hours(24 * 826));
  EXPECT_EQ(read("tls.pem").substr(0, 200), key) << "the key stays";
}

TEST_F(Keeper, ANewAddressIsAddedAndOldOnesStay) {
  const auto keeper = own();
  ASSERT_TRUE(keeper->refresh());
  const std::string first = fingerprint(*keeper);
  addresses_ = {};
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), first) << "an address that went is no reason";
  addresses_ = {"198.51.100.4"};
  ASSERT_TRUE(keeper->refresh());
  const std::string second = fingerprint(*keeper);
  EXPECT_NE(second, first);
  addresses_ = {"192.0.2.7"};
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), second) << "it goes to and fro between two networks";
  for (int i = 0; i < 80; ++i) {
    addresses_ = {"10.0.0." + std::to_string(i)};
    ASSERT_TRUE(keeper->refresh());
  }
  EXPECT_LE(keeper->shown().identity->facts().names.size(), 64U);
}

TEST_F(Keeper, ADamagedFileIsMadeAnew) {
  write("tls.pem", "-----BEGIN PRIVATE KEY-----\nnonsense");
  const auto keeper = own();
  ASSERT_TRUE(keeper->refresh());
  EXPECT_NE(read("tls.pem").find("END CERTIFICATE"), std::string::npos);
}

TEST_F(Keeper, ServesEvenWhenNothingCanBeKept) {
  TlsOptions options;
  options.mode = TlsMode::kAuto;
  options.state_directory = directory_ + "/missing";
  const auto keeper = make(std::move(options));
  ASSERT_TRUE(keeper->refresh());
  EXPECT_NE(keeper->shown().identity, nullptr);
}

TEST_F(Keeper, ReadsFilesAgainWhenTheyChange) {
  const std::string first = pair("a.example");
  const auto keeper = files();
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), first);
  EXPECT_FALSE(keeper->shown().own);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/tls.pem")) << "none of its own is needed";
  const std::string second = pair("b.example");
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), second);
}

TEST_F(Keeper, ABrokenPairLeavesTheOneBeforeAndSaysWhy) {
  const std::string good = pair("a.example");
  const std::string key = read("site.key");
  const auto keeper = files();
  ASSERT_TRUE(keeper->refresh());
  const auto still = [&](const char* says) {
    ASSERT_TRUE(keeper->refresh());
    EXPECT_EQ(fingerprint(*keeper), good) << says;
    EXPECT_FALSE(keeper->shown().own);
    EXPECT_NE(keeper->shown().error.find(says), std::string::npos) << keeper->shown().error;
  };
  write("site.key", make_key().value());
  still("not the certificate's");
  write("site.key", "");
  still("no private key");
  std::filesystem::remove(directory_ + "/site.key");
  still("site.key");
  pair("late.example", hours(-24));
  still("it ended on");
  write("site.key", key);
  std::filesystem::remove(directory_ + "/site.crt");
  std::filesystem::create_directory(directory_ + "/site.crt");
  still("site.crt");
  std::filesystem::remove(directory_ + "/site.crt");
  const std::string mended = pair("c.example");
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), mended);
  EXPECT_EQ(keeper->shown().error, "");
}

TEST_F(Keeper, WithoutAUsablePairTheDevicesOwnStepsIn) {
  const auto keeper = files();
  ASSERT_TRUE(keeper->refresh());
  EXPECT_TRUE(keeper->shown().own);
  EXPECT_NE(keeper->shown().error.find("site.crt"), std::string::npos);
  ASSERT_TRUE(keeper->refresh());
  EXPECT_FALSE(keeper->shown().error.empty());
  const std::string good = pair("a.example");
  ASSERT_TRUE(keeper->refresh());
  EXPECT_EQ(fingerprint(*keeper), good);
  EXPECT_FALSE(keeper->shown().own);
  EXPECT_EQ(keeper->shown().error, "");
}

TEST_F(Keeper, KeysOfTicketsDoNotLiveLong) {
  const auto keeper = own();
  ASSERT_TRUE(keeper->refresh());
  const auto before = keeper->shown().identity;
  clock_.advance(hours(13));
  ASSERT_TRUE(keeper->refresh());
  EXPECT_NE(keeper->shown().identity, before);
  EXPECT_EQ(keeper->shown().identity->facts().fingerprint, before->facts().fingerprint);
}

}  // namespace
}  // namespace telltale::net
