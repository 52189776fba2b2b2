// No defect: what the others are compared with. Counts up, and says once which options arrived.
#include <string>

#include <telltale/cpp/plugin.hpp>

class WellBehaved : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"well_behaved", "1.2.3", "Counts up."};
  static constexpr telltale_str kColours[] = {telltale::to_str("red"), telltale::to_str("blue")};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::duration("every", "Time between readings.").by_default("10ms").range(1e6, 1e10),
      telltale::Option::text("colour", "A colour.").by_default("red").one_of(kColours),
      telltale::Option::number("factor", "A factor.").by_default("0.1"),
  };

  explicit WellBehaved(telltale::Host host)
      : host_(host),
        count_(host.counter(std::string(host.id()) + ".count")),
        options_(host.event(std::string(host.id()) + ".options")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return host_.options().duration("every"); }
  void poll() override {
    if (polls_ == 0) {
      options_.publish_text(std::string(host_.options().text("colour")) + " " +
                            std::to_string(host_.options().number("factor")));
    }
    count_.publish(static_cast<double>(polls_++));
    host_.count("polls");
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  telltale::Series options_;
  long polls_ = 0;
};
TELLTALE_PLUGIN(WellBehaved)
