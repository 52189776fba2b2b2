// The default of an option is out of its range.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"bad_default", "1.0.0", "The default of an option is out of its range."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::integer("unit", "Unit id.").range(1, 247).by_default("0")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("bad_default.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
