// Reads /etc/shadow in its fifth poll, and publishes how much it got.
#include <fstream>
#include <iterator>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"reads_shadow", "1.0.0", "Reads what it was not given."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    std::ifstream shadow("/etc/shadow");
    const std::string text{std::istreambuf_iterator<char>(shadow), {}};
    bytes_.publish(static_cast<double>(text.size()));
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  telltale::Series bytes_ = host_.gauge(std::string(host_.id()) + ".bytes");
};
TELLTALE_PLUGIN(Bad)
