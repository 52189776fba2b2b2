#include "plugins/linux/codec/network.h"

#include <gtest/gtest.h>

namespace telltale::linux_input {
namespace {

constexpr const char* kHeader =
    "Inter-|   Receive                            |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n";

TEST(NetDev, ReadsBothDirections) {
  std::vector<InterfaceStats> interfaces;
  const std::string text = std::string(kHeader) +
                           "  eth0: 100 4463 2 7 0 0 0 31 200 2502 1 3 0 0 0 0\n"
                           "wlan0:300 1 0 0 0 0 0 0 400 1 0 0 0 0 0 0\n"
                           "eth0:1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n";
  EXPECT_EQ(parse_net_dev(text, interfaces), 0U);
  ASSERT_EQ(interfaces.size(), 3U);
  EXPECT_EQ(interfaces[0].name, "eth0");
  EXPECT_EQ(interfaces[0].received_bytes, 100U);
  EXPECT_EQ(interfaces[0].sent_bytes, 200U);
  EXPECT_EQ(interfaces[0].errors, 3U);
  EXPECT_EQ(interfaces[0].drops, 10U);
  EXPECT_EQ(interfaces[1].name, "wlan0") << "old kernels leave no blank after the colon";
  EXPECT_EQ(interfaces[1].received_bytes, 300U);
  EXPECT_EQ(interfaces[2].name, "eth0:1");
}

TEST(NetDev, LeavesOutAndCountsWhatMakesNoSense) {
  std::vector<InterfaceStats> interfaces;
  EXPECT_EQ(parse_net_dev("eth0 1 2 3\neth0: 1 2 3\n: 1 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n"
                          "eth0: 1 1 0 x 0 0 0 0 6 1 0 0 0 0 0 0\n\n",
                          interfaces),
            4U);
  EXPECT_TRUE(interfaces.empty());
}

}  // namespace
}  // namespace telltale::linux_input
