// Its thread logs on after the instance has ended.
#include <chrono>
#include <thread>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"calls_after_destroy", "1.0.0",
                                              "Its thread logs on after the instance has ended."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("calls_after_destroy.value")) {
    std::thread([host] {
      for (int i = 0; i < 40; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        host.debug("still here");
      }
    }).detach();
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
