// What a probing process says, and what is made of it when it lies.
#include "daemon/host/probe_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/abi.h>

namespace telltale::host {
namespace {

core::Result<ProbeMessage> there_and_back(const ProbeMessage& message) {
  const auto frame = encode_probe(message);
  if (!frame) return frame.error();
  MessageSplitter splitter;
  splitter.append(*frame);
  const auto text = splitter.next();
  return decode_probe(text->value());
}

TEST(ProbeMessage, EveryKindComesBack) {
  const std::vector<ProbeMessage> messages{
      FindingMessage{"unit 3", "a\nb", "url: x\ndevices:\n  - unit: 3", 95},
      ProgressMessage{3, 247, "unit 3"},
      LogMessage{TELLTALE_LOG_WARNING, "no answer"},
      FailedMessage{true, "url: 'x' is not like tcp://HOST"},
      DoneMessage{},
  };
  for (const ProbeMessage& message : messages) {
    const auto back = there_and_back(message);
    ASSERT_TRUE(back) << message.index();
    EXPECT_EQ(*back, message) << message.index();
  }
}

TEST(ProbeMessage, WhatIsShownCannotDriveATerminal) {
  const auto back = there_and_back(FindingMessage{"a\x1b[2Jb\nc", "1\x1b\n\n2\n\n", std::string("\xff\n  x"), 4'000});
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, ProbeMessage(FindingMessage{"a\\x1b[2Jb\\nc", "1\\x1b\n\n2", "\\xff\n  x", 100}));
  EXPECT_LE(clean_lines(std::string(100'000, '\x01'), 1'000).size(), 1'000U);
}

TEST(ProbeMessage, NonsenseIsRefused) {
  for (const char* const text : {"", "[]", "{}", "{\"op\":\"ready\"}", "{\"op\":\"finding\"}",
                                 "{\"op\":\"finding\",\"title\":3}", "{\"op\":7}"}) {
    EXPECT_FALSE(decode_probe(text)) << text;
  }
  EXPECT_FALSE(encode_probe(FindingMessage{std::string(kMaxMessageBytes, 'x'), {}, {}, 1}));
}

}  // namespace
}  // namespace telltale::host
