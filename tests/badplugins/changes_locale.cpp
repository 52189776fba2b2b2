// Sets the locale of the whole process.
#include <clocale>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"changes_locale", "1.0.0", "Sets the locale of the whole process."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("changes_locale.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (polls_++ == 0) std::setlocale(LC_ALL, "C.UTF-8");
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  int polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
