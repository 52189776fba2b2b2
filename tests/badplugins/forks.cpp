// Forks ten processes in each poll from its fifth on, without having declared the need; they end after a minute.
#include <string>

#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"forks", "1.0.0", "Starts processes unasked."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ < 5) return;
    for (int i = 0; i < 10; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::sleep(60);
        ::_exit(0);
      }
      if (child > 0) forked_.publish(++children_);
    }
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  telltale::Series forked_ = host_.counter(std::string(host_.id()) + ".forked");
  double children_ = 0;
};
TELLTALE_PLUGIN(Bad)
