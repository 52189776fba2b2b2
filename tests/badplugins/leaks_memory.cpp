// Keeps 4 KiB more at each poll.
#include <string>
#include <vector>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"leaks_memory", "1.0.0", "Keeps 4 KiB more at each poll."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("leaks_memory.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    kept_.emplace_back(4'096, 'x');
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::vector<std::string> kept_;
};
TELLTALE_PLUGIN(Bad)
