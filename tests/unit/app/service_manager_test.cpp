#include "daemon/app/service_manager.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/net/listen_socket.h"

namespace telltale::app {
namespace {

struct Heard {
  std::string text;
  core::Fd attached;
};

// The other side of NOTIFY_SOCKET, in the abstract namespace, whose name the kernel chooses.
class ServiceManagerTest : public testing::Test {
 public:
  ServiceManagerTest(const ServiceManagerTest&) = delete;
  ServiceManagerTest& operator=(const ServiceManagerTest&) = delete;

 protected:
  ServiceManagerTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    size = sizeof address;
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    name_ = "@" + std::string(address.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
  }
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS"})
      ::unsetenv(name);
  }

  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

  Heard hear() {
    std::array<char, 512> text{};
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr datagram{};
    datagram.msg_iov = &part;
    datagram.msg_iovlen = 1;
    datagram.msg_control = control.data();
    datagram.msg_controllen = control.size();
    // What was sent before on the same machine is there already: nothing to wait for.
    const auto got = ::recvmsg(socket_.get(), &datagram, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    Heard heard{std::string(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0), {}};
    if (const cmsghdr* const header = CMSG_FIRSTHDR(&datagram); header != nullptr) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
      heard.attached.reset(fd);
    }
    return heard;
  }

  core::Fd socket_;
  std::string name_;
};

TEST_F(ServiceManagerTest, TellsWhatTheDaemonDoes) {
  set("NOTIFY_SOCKET", name_);
  const ServiceManager manager = ServiceManager::of_this_process();
  manager.ready("2 inputs");
  EXPECT_EQ(hear().text, "READY=1\nSTATUS=2 inputs");
  manager.reloading();
  EXPECT_EQ(hear().text.substr(0, 12), "RELOADING=1\n");
  manager.alive();
  EXPECT_EQ(hear().text, "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(hear().text.substr(0, 11), "STOPPING=1\n");
}

TEST_F(ServiceManagerTest, LeavesNothingInTheEnvironmentThatAPluginCouldUse) {
  set("NOTIFY_SOCKET", name_);
  set("WATCHDOG_USEC", "30000000");
  set("LISTEN_FDS", "1");
  const ServiceManager manager = ServiceManager::of_this_process();
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS"}) EXPECT_EQ(std::getenv(name), nullptr);
}

TEST_F(ServiceManagerTest, SaysNothingWhenNobodyListens) {
  const ServiceManager manager = ServiceManager::of_this_process();
  manager.ready("");
  manager.alive();
  EXPECT_EQ(hear().text, "");
  EXPECT_EQ(manager.watchdog(), core::Duration::zero());
  EXPECT_TRUE(manager.sockets().empty());
}

TEST_F(ServiceManagerTest, WatchdogIsOfThisProcessOnly) {
  const std::string own = std::to_string(::getpid());
  struct Case {
    std::string usec, pid;
    core::Duration expected;
  };
  for (const Case& one :
       {Case{"30000000", own, std::chrono::seconds(30)}, Case{"500000", "", std::chrono::milliseconds(500)},
        Case{"30000000", "1", {}}, Case{"0", own, {}}, Case{"-5", own, {}}, Case{"30s", own, {}},
        Case{"99999999999999999999", own, {}}, Case{"", own, {}}}) {
    set("WATCHDOG_USEC", one.usec);
    set("WATCHDOG_PID", one.pid);
    if (one.pid.empty()) ::unsetenv("WATCHDOG_PID");
    EXPECT_EQ(ServiceManager::of_this_process().watchdog(), one.expected) << one.usec << " for " << one.pid;
  }
}

TEST_F(ServiceManagerTest, GivesTheListeningSocketToBeKept) {
  set("NOTIFY_SOCKET", name_);
  ServiceManager manager = ServiceManager::of_this_process();
  const core::Fd listening = net::listen_tcp("127.0.0.1", 0).value();
  manager.keep_socket(listening.get());
  EXPECT_EQ(hear().text, "FDSTOREREMOVE=1\nFDNAME=listen");
  const Heard stored = hear();
  EXPECT_EQ(stored.text, "FDSTORE=1\nFDNAME=listen");
  ASSERT_TRUE(stored.attached.valid());
  EXPECT_EQ(net::port_of(stored.attached), net::port_of(listening));
}

TEST_F(ServiceManagerTest, SocketsOfAnotherProcessAreNotTaken) {
  for (const char* pid : {"1", "", "x"}) {
    set("LISTEN_PID", pid);
    set("LISTEN_FDS", "1");
    EXPECT_TRUE(ServiceManager::of_this_process().sockets().empty()) << pid;
  }
}

TEST(ListenTcp, TakesTheSocketOfItsAddressAndNoOther) {
  const core::Fd other = net::listen_tcp("127.0.0.1", 0).value();
  const core::Fd wanted = net::listen_tcp("127.0.0.1", 0).value();
  const std::array<int, 2> given{other.get(), wanted.get()};
  const std::uint16_t port = net::port_of(wanted);
  // Bound anew it would be a conflict.
  const auto taken = net::listen_tcp("127.0.0.1", port, given);
  ASSERT_TRUE(taken) << taken.error().text();
  EXPECT_EQ(net::port_of(*taken), port);
  EXPECT_NE(taken->get(), wanted.get());
  EXPECT_EQ(net::listen_tcp("127.0.0.1", port).error().code, core::ErrorCode::kConflict);
  EXPECT_EQ(net::listen_tcp("0.0.0.0", port, given).error().code, core::ErrorCode::kConflict);
}

}  // namespace
}  // namespace telltale::app
