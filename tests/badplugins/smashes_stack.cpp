// Writes over its own stack in its fifth poll.
#include <cstring>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"smashes_stack", "1.0.0", "Writes over its stack."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    overflow(4'096);
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;

  // Not inlined, and not seen through: the array and what lies behind it are real.
  __attribute__((noinline)) static void overflow(std::size_t bytes) {
    char small[16];
    volatile char* place = small;
    for (std::size_t i = 0; i < bytes; ++i) place[i] = 'A';
  }
};
TELLTALE_PLUGIN(Bad)
