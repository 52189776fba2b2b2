// A lock of all instances is held as long as one lives.
#include <mutex>

#include <telltale/cpp/plugin.hpp>

static std::mutex bus;

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"keeps_lock_in_create", "1.0.0",
                                              "A lock of all instances is held as long as one lives."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("keeps_lock_in_create.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::lock_guard<std::mutex> lock_{bus};
};
TELLTALE_PLUGIN(Bad)
