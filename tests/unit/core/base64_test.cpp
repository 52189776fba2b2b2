#include "daemon/core/base64.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

TEST(Base64, HasOneTextForEveryBytes) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  for (const char* bad : {"Zg=", "Zg", "Zh==", "Zg==Zg==", "Zm9=", "====", "Z===", "Zm 9", "Zm-v"}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
}

RC_GTEST_PROP(Base64, WhatGoesInComesOut, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)).value() == bytes);
}

}  // namespace
}  // namespace telltale::core
