// How others find the device: the QR code and Avahi's service file. That the code is read right, zbar says in
// tests/integration/test_discovery.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/avahi.h"
#include "daemon/cli/qr.h"

namespace telltale::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Qr, IsSquareInHalfBlocks) {
  const std::string text = qr_text("http://press-7.local:8080/", QrInk::kLightOnDark);
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = text.find('\n', at);
    std::size_t columns = 0;
    for (std::size_t i = at; i < end; ++i) columns += (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U ? 1U : 0U;
    EXPECT_EQ(columns, 25U + 4U);
    at = end + 1;
  }
  EXPECT_EQ(lines, (25U + 4U + 1U) / 2);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(qr_text("a", QrInk::kColours), HasSubstr("\x1b[0m\n"));
}

TEST(Qr, OfWhatIsTooLongIsNone) {
  EXPECT_EQ(qr_text("", QrInk::kColours), "");
  EXPECT_EQ(qr_text(std::string(513, 'a'), QrInk::kColours), "");
  EXPECT_NE(qr_text(std::string(512, 'a'), QrInk::kColours), "");
}

TEST(Avahi, FollowsPortEncryptionAndPath) {
  const std::string plain = avahi_service("http://press-7.local:8080/");
  EXPECT_THAT(plain, HasSubstr("<type>_http._tcp</type>\n    <port>8080</port>\n    <txt-record>path=/</txt-record>"));
  EXPECT_THAT(plain, HasSubstr("<type>_telltale._tcp</type>\n    <port>8080</port>"));
  const std::string secure = avahi_service("https://press-7.local/telltale/");
  EXPECT_THAT(secure, HasSubstr("<type>_https._tcp</type>\n    <port>443</port>"));
  EXPECT_THAT(secure, HasSubstr("<txt-record>api=/telltale/api/v1</txt-record>"));
  EXPECT_THAT(secure, Not(HasSubstr("_http._tcp")));
}

TEST(Avahi, AnnouncesNothingThatOthersCannotReach) {
  for (const char* address : {"", "http://127.0.0.1:8080/", "http://[::1]:8080/", "http://localhost/", "nonsense",
                              "http://press-7/<x>/", "http://press-7/'/"}) {
    EXPECT_EQ(avahi_service(address), "") << address;
  }
}

}  // namespace
}  // namespace telltale::cli
