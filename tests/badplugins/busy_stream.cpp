// A stream that asks for data again and again without a pause.
#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"busy_stream", "1.0.0",
                                              "A stream that asks for data again and again without a pause."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("busy_stream.value")) {}
  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    while (!stop.requested()) ++asked_;
    value_.publish(static_cast<double>(asked_));
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::uint64_t asked_ = 0;
};
TELLTALE_PLUGIN(Bad)
