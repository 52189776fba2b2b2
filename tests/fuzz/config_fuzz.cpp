// Any text as a configuration: it is read, or refused with a report; nothing else happens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/config/load.h"
#include "tests/support/fake_catalog.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace telltale;
  test::FakeCatalog plugins;
  config::SecretSources secrets;  // no file and no environment of this machine
  secrets.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "PORT") return "1883";
    return std::nullopt;
  };
  const config::Source source{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)};
  const auto outcome = config::load(source, secrets, plugins);
  if (outcome.config.has_value() == outcome.diagnostics.has_errors()) std::abort();
  if (!outcome.config && outcome.report.empty()) std::abort();
  return 0;
}
