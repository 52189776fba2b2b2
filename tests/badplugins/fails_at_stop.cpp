// A stream that answers an error when it is told to stop.
#include <stdexcept>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"fails_at_stop", "1.0.0",
                                              "A stream that answers an error when it is told to stop."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("fails_at_stop.value")) {}
  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    while (!stop.wait_for(std::chrono::milliseconds(20))) value_.publish(1);
    throw std::runtime_error("interrupted");
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
