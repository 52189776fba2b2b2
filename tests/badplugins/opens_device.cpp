// Opens a device, and does not say that it needs to.
#include <fcntl.h>
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"opens_device", "1.0.0",
                                              "Opens a device, and does not say that it needs to."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("opens_device.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY); fd >= 0) ::close(fd);
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
