// Tries in its fifth poll which processes it could kill (with signal 0, which asks and harms nobody), its parent first,
// and publishes how many.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"kills_others", "1.0.0", "Kills the others."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    int reached = ::kill(::getppid(), 0) == 0 ? 1 : 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const int pid = std::atoi(entry.path().filename().c_str());
      if (pid > 1 && pid != ::getpid() && ::kill(pid, 0) == 0) ++reached;
    }
    reached_.publish(reached);
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  telltale::Series reached_ = host_.gauge(std::string(host_.id()) + ".reached");
};
TELLTALE_PLUGIN(Bad)
