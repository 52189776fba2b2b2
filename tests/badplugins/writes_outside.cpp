// Writes a file into the daemon's working directory, /tmp and /var/tmp in its fifth poll, and publishes how many it
// made.
#include <filesystem>
#include <fstream>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"writes_outside", "1.0.0", "Writes where it was not let."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ != 5) return;
    int made = 0;
    for (const char* directory : {".", "/tmp", "/var/tmp"}) {
      const std::string path = std::string(directory) + "/telltale-writes-outside";
      std::ofstream file(path);
      if (file << "here" && file.flush()) ++made;
    }
    std::error_code failed;
    if (std::filesystem::create_directory("telltale-writes-outside.d", failed)) ++made;
    made_.publish(made);
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
  telltale::Series made_ = host_.gauge(std::string(host_.id()) + ".made");
};
TELLTALE_PLUGIN(Bad)
