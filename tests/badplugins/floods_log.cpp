// Logs a thousand lines in a poll.
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"floods_log", "1.0.0", "Logs a thousand lines in a poll."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter("floods_log.count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    for (int i = 0; i < 1'000; ++i) host_.warning("line " + std::to_string(i));
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
