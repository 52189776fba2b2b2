// What tests of the mapping share: a subscription's options, a fake host, and what the mapper makes of messages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mapping/mapper.h"
#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/settings.h"
#include "tests/support/fake_host.h"

namespace telltale::test {

using Keys = std::vector<std::pair<std::string, Given>>;

// A host with the options of one or more subscriptions, and the mapper.
class MappingBench {
 public:
  explicit MappingBench(std::vector<Given> subscriptions, const std::string& max_series = "2000")
      : host_(mqtt::kOptionTable, Given::section({{"version", "5"},
                                                  {"subscribe", Given::list(std::move(subscriptions))},
                                                  {"max_series", max_series}})),
        settings_(mqtt::make_settings(host_.host().options(), "id")),
        bad_(host_.host()),
        publisher_(host_.host(), settings_.max_series),
        mapper_(publisher_, bad_, settings_.subscriptions, settings_.max_series) {}
  explicit MappingBench(Keys subscription)
      : MappingBench(std::vector<Given>{Given::section(std::move(subscription))}) {}

  bool message(std::string_view topic, std::string_view payload, bool retained = false,
               const std::vector<mqtt::UserProperty>& properties = {}) {
    const std::vector<char> exact(payload.begin(), payload.end());
    return mapper_.message({topic, {exact.data(), exact.size()}, retained, properties});
  }
  void tick() {
    publisher_.tick();
    mapper_.tick();
  }
  std::vector<std::string> take() { return host_.take_texts(); }
  FakeHost& host() { return host_; }

 private:
  FakeHost host_;
  mqtt::Settings settings_;
  payload::Refusals bad_;
  mqtt::Publisher publisher_;
  mqtt::Mapper mapper_;
};

}  // namespace telltale::test
