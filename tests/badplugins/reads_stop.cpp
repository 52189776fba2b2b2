// A stream that reads from its stop descriptor.
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"reads_stop", "1.0.0", "A stream that reads from its stop descriptor."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("reads_stop.value")) {}
  void run(int stop_fd) override {
    const telltale::Stop stop(stop_fd);
    while (!stop.wait_for(std::chrono::milliseconds(20))) value_.publish(1);
    std::uint64_t told = 0;
    if (::read(stop_fd, &told, sizeof told) < 0) return;
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
