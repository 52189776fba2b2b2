// A thread of its own writes to standard output.
#include <cstdio>
#include <thread>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"prints_from_thread", "1.0.0",
                                              "A thread of its own writes to standard output."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("prints_from_thread.value")) {}
  Bad(const Bad&) = delete;
  Bad& operator=(const Bad&) = delete;
  ~Bad() override { thread_.join(); }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::thread thread_{[] { std::puts("started"); }};
};
TELLTALE_PLUGIN(Bad)
