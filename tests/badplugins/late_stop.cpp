// A stream that returns 4 s after it was told to stop.
#include <thread>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"late_stop", "1.0.0",
                                              "A stream that returns 4 s after it was told to stop."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("late_stop.value")) {}
  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    while (!stop.wait_for(std::chrono::milliseconds(20))) value_.publish(1);
    std::this_thread::sleep_for(std::chrono::seconds(4));
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
