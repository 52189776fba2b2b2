// After one create that failed no other one succeeds.
#include <telltale/cpp/plugin.hpp>

static bool broken = false;

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"never_recovers", "1.0.0",
                                              "After one create that failed no other one succeeds."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::text("label", "What is written on it.").by_default("x")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("never_recovers.value")) {
    broken = broken || host.options().text("label").empty();
    if (broken) throw telltale::ConfigError("label must not be empty");
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
