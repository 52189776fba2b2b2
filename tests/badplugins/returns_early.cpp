// A stream that returns without being asked to.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"returns_early", "1.0.0", "Returns at once."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};
  explicit Bad(telltale::Host host) : host_(host) {}
  void run(int /*stop_fd*/) override { host_.warning("the port has gone"); }

 private:
  telltale::Host host_;
};
TELLTALE_PLUGIN(Bad)
