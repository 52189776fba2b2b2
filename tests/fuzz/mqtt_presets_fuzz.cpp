// Messages as strangers publish them, through the presets of the mqtt input: the first byte chooses the preset, then
// come messages, each a topic, a line end, a payload and a zero byte. The host holds the presets to the words of the
// ABI.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/presets/preset.h"
#include "plugins/mqtt/settings.h"
#include "tests/support/fake_host.h"

using namespace telltale;
using test::Given;

namespace {

const mqtt::Settings& settings() {
  static const mqtt::Settings made = [] {
    std::vector<Given> presets;
    for (const char* const name : {"homeassistant", "zigbee2mqtt", "tasmota", "shelly", "sparkplug"}) {
      presets.push_back(Given::section({{"preset", name}, {"expire_after", "60s"}}));
    }
    const Given given = Given::section({{"max_series", "50"}, {"presets", Given::list(std::move(presets))}});
    const test::OptionTree options(mqtt::kOptionTable, given);
    return mqtt::make_settings(Options(options.root()), "id");
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  test::FakeHost host(std::span<const telltale_option>{});
  payload::Refusals bad(host.host());
  mqtt::Publisher publisher(host.host(), settings().max_series);
  mqtt::Outbox outbox({});
  const auto& presets = settings().presets;
  const auto preset = mqtt::make_preset(presets[data[0] % presets.size()], {publisher, bad, outbox});
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (int i = 0; i < 16 && !rest.empty(); ++i) {
    const std::size_t line = rest.find('\n');
    if (line == std::string_view::npos) break;
    const std::string_view topic = rest.substr(0, line);
    rest.remove_prefix(line + 1);
    const std::size_t end = std::min(rest.find(i < 15 ? '\0' : '\1'), rest.size());
    preset->message({topic, rest.substr(0, end), i % 2 != 0, {}});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  host.advance(std::chrono::minutes(2));
  publisher.tick();
  if (host.series().size() > 50 || outbox.filters().size() > mqtt::Outbox::kMaxFilters) std::abort();
  for (const std::string& fault : host.faults()) {
    if (fault.starts_with("malformed series")) continue;  // too long, or not UTF-8: refused, as it should be
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
