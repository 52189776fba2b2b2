// Opens a network socket in its fifth poll without having declared the need, and publishes what it got.
#include <string>

#include <sys/socket.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"opens_socket", "1.0.0", "Talks to the network unasked."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    socket_.publish(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  telltale::Series socket_ = host_.gauge(std::string(host_.id()) + ".socket");
};
TELLTALE_PLUGIN(Bad)
