// Makes a netlink socket, and does not say that it needs to.
#include <sys/socket.h>
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"makes_netlink_socket", "1.0.0",
                                              "Makes a netlink socket, and does not say that it needs to."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("makes_netlink_socket.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); fd >= 0) ::close(fd);
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
