// Reads the number at the beginning of a file, such as a sensor's below /sys.
#include <fstream>
#include <sstream>
#include <string>

#include <telltale/cpp/plugin.hpp>

#include "src/first_number.hpp"

class MyPlugin : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"my_plugin", "1.0.0", "Reads the number at the beginning of a file."};
  // What a user may write below `options:`. Errors with line numbers, `telltale plugin info` and the editors' schema
  // come from this table.
  static constexpr telltale_option kOptions[] = {
      telltale::Option::path("file", "File to read.").by_default("/proc/loadavg"),
      telltale::Option::duration("every", "Time between readings.").by_default("1s").range(1e6, 3.6e12),
  };

  explicit MyPlugin(telltale::Host host)
      : file_(host.options().text("file")),
        every_(host.options().duration("every")),
        number_(host.gauge(std::string(host.id()) + ".number")) {}

  std::chrono::nanoseconds interval() const override { return every_; }

  // Called every interval. An IoError is shown with the input, and the next call tries again.
  void poll() override {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    const auto number = first_number(text.view());
    if (!number) throw telltale::IoError("no number in " + file_);
    number_.publish(*number);
  }

 private:
  std::string file_;
  std::chrono::nanoseconds every_;
  telltale::Series number_;
};

TELLTALE_PLUGIN(MyPlugin)
