// Writes to standard output.
#include <cstdio>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"writes_stdout", "1.0.0", "Writes to standard output."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("writes_stdout.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (polls_++ == 0) std::puts("read the sensor");
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  int polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
