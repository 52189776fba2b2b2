// Takes and fills a mebibyte after the other in its fifth poll, until it gets no more or has a gibibyte.
#include <cstdlib>
#include <cstring>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"allocates_all_memory", "1.0.0", "Takes all memory."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    for (int i = 0; i < 1'024; ++i) {
      void* block = std::malloc(std::size_t{1} << 20U);
      if (block == nullptr) std::abort();
      std::memset(block, 0x5a, std::size_t{1} << 20U);
    }
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
