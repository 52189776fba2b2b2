// Covers daemon/provision/document.cpp and the signatures of keys.cpp.
#include "daemon/provision/document.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daemon/core/units.h"
#include "daemon/provision/keys.h"
#include "tests/support/temporary_tree.h"

namespace telltale::provision {
namespace {

constexpr std::string_view kYaml = "device: {site: hall-2}\ninputs: []\n";

// A pair of keys, and what it signs.
class Office {
 public:
  Office() {
    if (!make_key_pair(name())) throw std::runtime_error("no keys");
    key_ = read_public_key(name() + ".pub").value();
  }
  [[nodiscard]] std::string name() const { return (tree_.path() / "fleet").string(); }
  [[nodiscard]] const PublicKey& key() const { return key_; }
  [[nodiscard]] std::string signed_text(const HeadTexts& head, std::string_view yaml = kYaml) const {
    const std::string covered = put_head(head, yaml).value();
    return put_seal(covered, sign(covered, name() + ".key").value());
  }
  [[nodiscard]] bool good(std::string_view text) const {
    const auto sealed = open_seal(text);
    return sealed && verify(sealed->covered, sealed->signature, key_);
  }

 private:
  test::TemporaryTree tree_;
  PublicKey key_;
};

TEST(Document, SaysWhatItWasMadeOf) {
  const Office office;
  const std::string text = office.signed_text({{"press-*", "hall-{1,2}"}, 17, "2027-01-01T00:00:00Z"});
  EXPECT_TRUE(
      text.starts_with("# telltale-configuration 1\n# for: press-* hall-{1,2}\n# serial: 17\n"
                       "# until: 2027-01-01T00:00:00Z\ndevice:"));
  EXPECT_TRUE(office.good(text));
  const Sealed sealed = open_seal(text).value();
  const Head head = read_head(sealed.covered).value();
  EXPECT_EQ(head.serial, 17U);
  EXPECT_EQ(core::format_time(head.until.value()), "2027-01-01T00:00:00.000Z");
  EXPECT_TRUE(head.is_for("press-7"));
  EXPECT_TRUE(head.is_for("hall-2"));
  EXPECT_FALSE(head.is_for("pump-7"));
  EXPECT_FALSE(head.is_for(""));
}

TEST(Document, EveryEndThatIsMissingIsSeen) {
  const Office office;
  const std::string text = office.signed_text({{"*"}, 1, ""});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(office.good(std::string_view(text).substr(0, size))) << size;
  }
  EXPECT_FALSE(office.good(text + "\n"));
  EXPECT_FALSE(office.good(text + text));
  EXPECT_FALSE(office.good("\xef\xbb\xbf" + text));
}

RC_GTEST_PROP(Document, AnyOtherByteIsRefused, ()) {
  static const Office kOffice;
  static const std::string kText = kOffice.signed_text({{"*"}, 1, ""});
  std::string changed = kText;
  const auto at = *rc::gen::inRange<std::size_t>(0, kText.size());
  changed[at] = *rc::gen::suchThat(rc::gen::arbitrary<char>(), [&](char c) { return c != kText[at]; });
  RC_ASSERT(!kOffice.good(changed));
}

RC_GTEST_PROP(Document, AnyTextIsReadWithoutHarm, (const std::string& body, std::uint8_t cut)) {
  const std::string head = "# telltale-configuration 1\n# for: a\n# serial: 1\n";
  (void)open_seal(body);
  (void)read_head(body);
  (void)read_head(head.substr(0, cut % head.size()) + body);
  const std::string whole = put_seal(head + body + "\n", std::string(kSignatureBytes, 'x'));
  const auto sealed = open_seal(whole);
  RC_ASSERT(sealed.has_value());
  RC_ASSERT(sealed->covered == head + body + "\n");
}

TEST(Document, HeadsThatAreNoneAreRefused) {
  const std::vector<std::string> bad = {
      "",
      "# telltale-configuration 2\n# for: a\n# serial: 1\n",
      "# telltale-configuration 1\r\n# for: a\n# serial: 1\n",
      "# telltale-configuration 1\n# serial: 1\n",
      "# telltale-configuration 1\n# for: a\n",
      "# telltale-configuration 1\n# for: a\n# serial: 1",
      "# telltale-configuration 1\n# for: \n# serial: 1\n",
      "# telltale-configuration 1\n# for:  a\n# serial: 1\n",
      "# telltale-configuration 1\n# for: a \n# serial: 1\n",
      "# telltale-configuration 1\n# for: {a\n# serial: 1\n",
      "# telltale-configuration 1\n# for: a\n# serial: 0\n",
      "# telltale-configuration 1\n# for: a\n# serial: \n",
      "# telltale-configuration 1\n# for: a\n# serial: 01\n",
      "# telltale-configuration 1\n# for: a\n# serial: -1\n",
      "# telltale-configuration 1\n# for: a\n# serial: 1 \n",
      "# telltale-configuration 1\n# for: a\n# serial: 9223372036854775808\n",
      "# telltale-configuration 1\n# for: a\n# serial: 1\n# until: now\n",
      "# telltale-configuration 1\n# for: a\n# serial: 1\n# until: now-1d\n",
      "# telltale-configuration 1\n# for: a\n# serial: 1\n# until: 1700000000000\n",
      "# telltale-configuration 1\n# for: " + std::string(5000, 'a') + "\n# serial: 1\n"};
  for (const std::string& text : bad) EXPECT_FALSE(read_head(text)) << text;
  EXPECT_TRUE(read_head("# telltale-configuration 1\n# for: a\n# serial: 9223372036854775807\n"));
}

TEST(Document, TooLargeIsRefusedBeforeAnythingElse) {
  EXPECT_EQ(open_seal(std::string(kMostDocument + 1, '#')).error().code, core::ErrorCode::kLimit);
  EXPECT_EQ(put_head({{"*"}, 1, ""}, std::string(kMostDocument, '#')).error().code, core::ErrorCode::kLimit);
}

TEST(Document, WhatCannotBeSignedIsSaid) {
  const std::string once = put_head({{"*"}, 1, ""}, kYaml).value();
  EXPECT_FALSE(put_head({{"*"}, 2, ""}, once));
  EXPECT_FALSE(put_head({{}, 1, ""}, kYaml));
  EXPECT_FALSE(put_head({{"a b"}, 1, ""}, kYaml));
  EXPECT_FALSE(put_head({{"a\nb"}, 1, ""}, kYaml));
  EXPECT_FALSE(put_head({{"a\n# serial: 5"}, 1, ""}, kYaml));
  EXPECT_FALSE(put_head({{"*"}, 0, ""}, kYaml));
  EXPECT_FALSE(put_head({{"*"}, 1, "2027-01-01T00:00:00Z\n# x: y"}, kYaml));
}

}  // namespace
}  // namespace telltale::provision
