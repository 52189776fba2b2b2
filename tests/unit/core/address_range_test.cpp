#include "daemon/core/address_range.h"

#include <string>

#include <gtest/gtest.h>

namespace telltale::core {
namespace {

TEST(AddressRange, Contains) {
  struct Case {
    const char* range;
    const char* address;
    bool contains;
  };
  constexpr Case kCases[] = {
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.128/25", "192.0.2.128", true},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe80::1", false},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::1", "::1", true},
      {"::1", "127.0.0.1", false},
      {"127.0.0.1", "127.0.0.1:80", false},
      {"127.0.0.1", "[127.0.0.1]", false},
      {"127.0.0.1", "", false},
      {"::/0", "fe80::1%eth0", false},
  };
  for (const Case& one : kCases) {
    const auto range = AddressRange::parse(one.range);
    ASSERT_TRUE(range) << one.range;
    EXPECT_EQ(range->contains(one.address), one.contains) << one.range << " " << one.address;
  }
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.1/8", "::/129",
                           "fe80::1%eth0", "localhost", "10.0.0", "010.0.0.1", "1.2.3.4.5", "2001:db8::1/32", "[::1]",
                           "10.0.0.0/8/8", "0x7f.1", "::ffff:1.2.3.4.5", "10.0.0.0/08x"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
  EXPECT_FALSE(AddressRange::parse(std::string(1'000, ':')));
  EXPECT_FALSE(AddressRange::parse(std::string("10.0.0.1\0x", 10)));
  EXPECT_FALSE(is_ip_address("10.0.0.0/8"));
  EXPECT_TRUE(is_ip_address("10.0.0.1"));
}

}  // namespace
}  // namespace telltale::core
