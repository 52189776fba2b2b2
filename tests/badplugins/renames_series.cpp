// Its series has another name each time it starts.
#include <string>

#include <telltale/cpp/plugin.hpp>

static int starts = 0;

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"renames_series", "1.0.0",
                                              "Its series has another name each time it starts."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host)
      : host_(host), value_(host.gauge("renames_series.value" + std::to_string(++starts))) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
