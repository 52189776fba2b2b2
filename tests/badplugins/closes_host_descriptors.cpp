// Closes every descriptor from 3 up in its fifth poll: those are the host's.
#include <string>

#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"closes_host_descriptors", "1.0.0", "Closes what is not its own."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    for (int fd = 3; fd < 256; ++fd) ::close(fd);
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
