#include "daemon/notify/mail_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daemon/core/notify_spec.h"

namespace telltale::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

Mail mail_about(std::string subject, std::string text = "fires") {
  Mail mail;
  mail.from = "press-7@plant.example";
  mail.to = {"anna@plant.example", "ben@plant.example"};
  mail.subject = std::move(subject);
  mail.text = std::move(text);
  mail.time = core::from_ms(1767225600000);
  mail.number = 0xabc;
  return mail;
}

// The lines of the head, unfolded.
std::vector<std::string> head_of(const std::string& mail) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = mail.find("\r\n", at);
    if (end == at || end == std::string::npos) return lines;
    const std::string line = mail.substr(at, end - at);
    if (line.front() == ' ') {
      lines.back() += line;
    } else {
      lines.push_back(line);
    }
    at = end + 2;
  }
}

TEST(MailText, IsAMailAsRfc5322HasIt) {
  EXPECT_EQ(mail_text(mail_about("press-7: oil hot fires")),
            "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
            "From: press-7@plant.example\r\n"
            "To: anna@plant.example,\r\n ben@plant.example\r\n"
            "Subject: press-7: oil hot fires\r\n"
            "Message-ID: <18867251edfa0000.0000000000000abc@plant.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "ZmlyZXMNCg==\r\n");
}

TEST(MailText, WritesASubjectOfAnyLanguage) {
  EXPECT_THAT(mail_text(mail_about("Öl heiß")), HasSubstr("Subject: =?UTF-8?B?w5ZsIGhlacOf?=\r\n"));
  EXPECT_THAT(mail_text(mail_about("=?x?Q?a?=")), HasSubstr("Subject: =?UTF-8?B?"));
  const auto head = head_of(mail_text(mail_about(std::string(80, 'a') + "ö" + std::string(80, 'b'))));
  EXPECT_THAT(head[3], HasSubstr("?= =?UTF-8?B?")) << "in several words";
}

TEST(MailText, NothingInASubjectMakesALine) {
  for (const char* subject : {"a\r\nBcc: eve@example.org", "a\nBcc: eve", "a\rBcc: eve", "\r\n\r\nbody"}) {
    const auto head = head_of(mail_text(mail_about(subject)));
    EXPECT_EQ(head.size(), 9U) << subject;
    EXPECT_THAT(head, testing::Each(Not(testing::StartsWith("Bcc"))));
  }
}

RC_GTEST_PROP(MailText, HasNineLinesOfHeadAndShortOnesWhateverIsInIt,
              (const std::string& subject, const std::string& text)) {
  const std::string mail = mail_text(mail_about(subject, text));
  RC_ASSERT(head_of(mail).size() == 9U);
  for (std::size_t at = 0; at < mail.size();) {
    const std::size_t end = mail.find("\r\n", at);
    RC_ASSERT(end != std::string::npos);
    RC_ASSERT(end - at <= 78U);
    RC_ASSERT(mail[at] != '.');
    for (std::size_t i = at; i < end; ++i) RC_ASSERT(mail[i] >= ' ' && mail[i] <= '~');
    at = end + 2;
  }
}

TEST(MailAddress, IsOneNameAtOneHost) {
  for (const char* good : {"a@b", "anna.b+c@plant.example", "x_y-z@10.0.0.1"}) EXPECT_TRUE(core::is_mail_address(good));
  for (const char* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>", "<a@b>", "a@b\r\nRCPT TO:<c@d>", "a,b@c", "ö@b", "a\"@b"}) {
    EXPECT_FALSE(core::is_mail_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace telltale::notify
