// Goes to another directory.
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"changes_directory", "1.0.0", "Goes to another directory."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("changes_directory.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (polls_++ > 0) return;
    if (::chdir("/") != 0) throw telltale::IoError("no directory");
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  int polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
