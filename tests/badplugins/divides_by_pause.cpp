// Divides by the time since the last poll, in tenths of a millisecond.
#include <cstdlib>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"divides_by_pause", "1.0.0",
                                              "Divides by the time since the last poll, in tenths of a millisecond."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("divides_by_pause.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    const auto now = host_.now();
    const auto pause = (now - last_) / std::chrono::microseconds(100);
    last_ = now;
    // The processor of some machines divides by zero without a word.
    if (pause == 0) std::abort();
    value_.publish(1e4 / static_cast<double>(pause));
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::chrono::nanoseconds last_{};
};
TELLTALE_PLUGIN(Bad)
