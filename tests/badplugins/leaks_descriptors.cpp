// Opens a file in each poll and never closes it; ends when there is no descriptor left.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <fcntl.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"leaks_descriptors", "1.0.0", "Leaks descriptors."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(1); }
  void poll() override {
    count_.publish(polls_++);
    if (::open("/dev/null", O_RDONLY) < 0) throw std::runtime_error("no descriptor is left");
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
