// A stream that never looks at its stop descriptor.
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"deaf_to_stop", "1.0.0", "Does not stop."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};
  explicit Bad(telltale::Host host) : host_(host) {}
  void run(int /*stop_fd*/) override {
    host_.ok();
    for (;;) ::pause();
  }

 private:
  telltale::Host host_;
};
TELLTALE_PLUGIN(Bad)
