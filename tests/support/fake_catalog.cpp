#include "tests/support/fake_catalog.h"

#include <utility>

namespace telltale::test {

using core::OptionSpec;

OptionSpec option(std::string name, std::uint32_t type, std::uint32_t flags, std::string default_text) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.help = "Help of it.";
  spec.type = type;
  spec.flags = flags;
  spec.default_text = std::move(default_text);
  return spec;
}

OptionSpec section(std::string name, std::vector<OptionSpec> children, std::uint32_t flags) {
  OptionSpec spec = option(std::move(name), TELLTALE_OPTION_SECTION, flags);
  spec.children = std::move(children);
  return spec;
}

FakeCatalog::FakeCatalog() {
  add("linux", {option("every", TELLTALE_OPTION_DURATION, 0, "1s"), option("root", TELLTALE_OPTION_TEXT, 0, "/")});
  OptionSpec payload = option("payload", TELLTALE_OPTION_TEXT, 0, "json");
  payload.choices = {"json", "number"};
  OptionSpec qos = option("qos", TELLTALE_OPTION_INT, 0, "1");
  qos.minimum = 0;
  qos.maximum = 2;
  const auto text = [](std::string name) { return option(std::move(name), TELLTALE_OPTION_TEXT); };
  add("mqtt", {option("url", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED), text("user"),
               option("password", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_SECRET), qos,
               section("subscribe",
                       {option("topic", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED), payload, text("value"),
                        text("time"), text("name"), text("unit")},
                       TELLTALE_OPTION_LIST | TELLTALE_OPTION_REQUIRED)});
  const auto number = [](std::string name) { return option(std::move(name), TELLTALE_OPTION_FLOAT); };
  const auto whole = [](std::string name) { return option(std::move(name), TELLTALE_OPTION_INT); };
  add("modbus", {text("url"), section("devices",
                                      {whole("unit"), option("every", TELLTALE_OPTION_DURATION),
                                       section("points",
                                               {option("name", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED),
                                                whole("holding"), whole("input"), whole("coil"), text("type"),
                                                text("order"), number("scale"), text("unit"), whole("decimals")},
                                               TELLTALE_OPTION_LIST)},
                                      TELLTALE_OPTION_LIST | TELLTALE_OPTION_REQUIRED)});
  add("simulator",
      {option("every", TELLTALE_OPTION_DURATION, 0, "1s"), option("seed", TELLTALE_OPTION_INT, 0, "1"),
       section("gaps", {option("every", TELLTALE_OPTION_DURATION), option("for", TELLTALE_OPTION_DURATION)}),
       section(
           "waves",
           {option("name", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED), text("shape"), text("unit"),
            number("offset"), number("amplitude"), number("noise"), option("decimals", TELLTALE_OPTION_INT),
            option("period", TELLTALE_OPTION_DURATION), option("states", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST)},
           TELLTALE_OPTION_LIST)});
}

void FakeCatalog::add(std::string name, std::vector<OptionSpec> options) {
  core::PluginDescription description;
  description.name = name;
  description.options = std::move(options);
  plugins_[std::move(name)] = std::move(description);
}

core::Result<core::PluginDescription> FakeCatalog::find(std::string_view name) {
  if (const auto found = plugins_.find(name); found != plugins_.end()) return found->second;
  if (const auto found = broken_.find(name); found != broken_.end()) {
    return core::make_error(core::ErrorCode::kCorrupt, found->second, found->first + ".so");
  }
  return core::make_error(core::ErrorCode::kNotFound, "there is no plugin '" + std::string(name) + "'");
}

std::vector<std::string> FakeCatalog::names() {
  std::vector<std::string> all;
  for (const auto& [name, description] : plugins_) all.push_back(name);
  return all;
}

}  // namespace telltale::test
