// A preset with a fake host: messages in, readings and what it asks of the session out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/presets/preset.h"
#include "tests/support/fake_host.h"

namespace telltale::mqtt {

class PresetBench {
 public:
  explicit PresetBench(std::string preset, std::vector<std::pair<std::string, test::Given>> more = {})
      : host_(kOptionTable, given(std::move(preset), std::move(more))),
        settings_(make_settings(host_.host().options(), "id")),
        outbox_({}),
        bad_(host_.host()),
        publisher_(host_.host(), settings_.max_series),
        preset_(make_preset(settings_.presets.at(0), {publisher_, bad_, outbox_})) {}

  bool message(std::string_view topic, std::string_view payload, bool retained = false) {
    const std::vector<char> exact(payload.begin(), payload.end());
    return preset_->message({topic, {exact.data(), exact.size()}, retained, {}});
  }
  void tick() { publisher_.tick(); }
  std::vector<std::string> take() { return host_.take_texts(); }
  std::vector<std::string> filters() const {
    std::vector<std::string> topics;
    for (const Filter& filter : outbox_.filters()) topics.push_back(filter.topic);
    return topics;
  }
  std::vector<Outgoing> outgoing() { return outbox_.take_outgoing(); }
  test::FakeHost& host() { return host_; }

 private:
  static test::Given given(std::string preset, std::vector<std::pair<std::string, test::Given>> more) {
    more.emplace_back("preset", std::move(preset));
    return test::Given::section({{"presets", test::Given::list({test::Given::section(std::move(more))})}});
  }

  test::FakeHost host_;
  Settings settings_;
  Outbox outbox_;
  payload::Refusals bad_;
  Publisher publisher_;
  std::unique_ptr<Preset> preset_;
};

}  // namespace telltale::mqtt
