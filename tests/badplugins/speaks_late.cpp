// No defect: a stream that is made, and says nothing of itself until a file is there.
#include <filesystem>
#include <string>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class SpeaksLate : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"speaks_late", "1.0.0", "Waits for a file, then publishes."};
  static constexpr telltale_option kOptions[] = {telltale::Option::path("file", "What it waits for.")};

  explicit SpeaksLate(telltale::Host host) : host_(host), value_(host.gauge("speaks_late.value")) {}
  void run(int stop_fd) override {
    const telltale::Options options = host_.options();
    const std::string file(options.has("file") ? options.text("file") : "");
    const telltale::Stop stop(stop_fd);
    host_.info("it runs");
    while (!stop.wait_for(std::chrono::milliseconds(10))) {
      std::error_code error;
      if (!file.empty() && std::filesystem::exists(file, error)) value_.publish(1);
    }
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(SpeaksLate)
