// A streaming input in C++: it owns its loop. Publishes each line that is added to a file as an event, and counts them.
#include <fstream>
#include <string>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Follow : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"stream_cpp", "1.0.0", "Follows a file."};
  static constexpr telltale_option kOptions[] = {telltale::Option::path("file", "File to follow.").required()};

  explicit Follow(telltale::Host host)
      : host_(host), line_(host.event("stream_cpp.line")), lines_(host.counter("stream_cpp.lines")) {}

  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    std::ifstream file{std::string(host_.options().text("file"))};
    if (!file) throw telltale::IoError("the file cannot be opened");
    host_.ok();
    double count = 0;
    for (std::string text; !stop.wait_for(std::chrono::milliseconds(50)); file.clear()) {
      while (std::getline(file, text)) {
        line_.publish(text);
        lines_.publish(++count);
      }
    }
  }

 private:
  telltale::Host host_;
  telltale::Event line_;
  telltale::Series lines_;
};
TELLTALE_PLUGIN(Follow)
