// Counts each poll under a name of its own.
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"counts_endless_names", "1.0.0",
                                              "Counts each poll under a name of its own."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("counts_endless_names.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    for (int i = 0; i < 100; ++i) host_.count("poll." + std::to_string(polls_++));
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  int polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
