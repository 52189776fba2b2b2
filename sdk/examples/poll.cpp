// A polling input in C++: the host calls poll() at absolute deadlines. Publishes the load of the machine.
#include <fstream>

#include <telltale/cpp/plugin.hpp>

class Load : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"poll_cpp", "1.0.0", "The load of the machine."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::duration("every", "Time between readings.").by_default("1s").range(1e6, 3.6e12),
  };

  explicit Load(telltale::Host host)
      : every_(host.options().duration("every")), load_(host.declare({.name = "poll_cpp.load", .decimals = 2})) {}

  std::chrono::nanoseconds interval() const override { return every_; }
  void poll() override {
    double load = 0;
    if (!(std::ifstream("/proc/loadavg") >> load)) throw telltale::IoError("no number in /proc/loadavg");
    load_.publish(load);
  }

 private:
  std::chrono::nanoseconds every_;
  telltale::Series load_;
};
TELLTALE_PLUGIN(Load)
