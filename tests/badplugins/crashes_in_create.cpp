// Writes to nowhere while it is created.
#include <string>

#include <telltale/cpp/plugin.hpp>

static int* nowhere = nullptr;

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"crashes_in_create", "1.0.0", "Crashes in create."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {
    *nowhere = 1;
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { count_.publish(polls_++); }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
