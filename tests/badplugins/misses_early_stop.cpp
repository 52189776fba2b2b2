// A stream that waits for data before it looks at its stop descriptor.
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"misses_early_stop", "1.0.0",
                                              "A stream that waits for data before it looks at its stop descriptor."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("misses_early_stop.value")) {}
  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    if (stop.requested()) ::pause();
    while (!stop.wait_for(std::chrono::milliseconds(20))) value_.publish(1);
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
