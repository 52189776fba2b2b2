// Waits for ever while it is destroyed: for a thread that waits for the lock it holds.
#include <mutex>
#include <string>
#include <thread>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"deadlocks_at_stop", "1.0.0", "Deadlocks when it is stopped."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  Bad(const Bad&) = delete;
  Bad& operator=(const Bad&) = delete;
  ~Bad() override {
    const std::lock_guard lock(lock_);
    std::thread([this] { const std::lock_guard same(lock_); }).join();
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { count_.publish(polls_++); }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  std::mutex lock_;
};
TELLTALE_PLUGIN(Bad)
