// Its options never fit together.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"refuses_options", "1.0.0", "Refuses its options."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};
  explicit Bad(telltale::Host /*host*/) { throw telltale::ConfigError("the port and the pipe cannot both be set"); }
  void poll() override {}
};
TELLTALE_PLUGIN(Bad)
