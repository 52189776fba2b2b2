// MQTT messages as strangers publish them, through the mapping of the mqtt input: the first byte chooses the
// subscription, then comes the topic up to a line end, and the payload. The host holds the plugin to the words of the
// ABI.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <simdjson.h>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mapping/mapper.h"
#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/settings.h"
#include "tests/support/fake_host.h"

using namespace telltale;
using test::Given;

namespace {

Given subscriptions() {
  return Given::section(
      {{"version", "5"},
       {"max_series", "50"},
       {"subscribe",
        Given::list(
            {Given::section({{"topic", "a/#"}, {"payload", "json"}}),
             Given::section({{"topic", "b/{x}"}, {"value", "$.v"}, {"time", "$.ts"}, {"name", "{x}.{0}"}}),
             Given::section({{"topic", "c/#"}, {"value", "$.*"}, {"kind", "state"}}),
             Given::section({{"topic", "d/#"}, {"payload", "line"}}),
             Given::section({{"topic", "e/#"}, {"payload", "text"}, {"user_properties", Given::list({"p"})}}),
             Given::section({{"topic", "h/+/#"},
                             {"payload", Given::section({{"columns", Given::list({"n", "v", "t"})}})},
                             {"name", "{1}.{#}.{n}"},
                             {"time", "t"},
                             {"time_format", "%d.%m.%Y %H:%M"},
                             {"deadband", "1"},
                             {"expire_after", "10m"}}),
             Given::section({{"topic", "i/#"}, {"payload", "keyvalue"}, {"minimum", "0"}, {"maximum", "9"}}),
             Given::section({{"topic", "j/#"},
                             {"payload", Given::section({{"layout", Given::list({Given::section(
                                                                        {{"field", "x"}, {"type", "float32"}})})}})},
                             {"calibration", Given::list({"0=1", "10=5"})},
                             {"user_properties", Given::list({"p"})}}),
             Given::section({{"topic", "k/#"},
                             {"payload", "json"},
                             {"name", "{site}.{field}"},
                             {"labels", Given::list({Given::section({{"name", "l"}, {"value", "{label}"}})})},
                             {"fields", Given::list({Given::section(
                                            {{"field", "mode*"}, {"states", Given::list({"a", "b"})}})})}}),
             Given::section({{"topic", "l/#"}, {"payload", "line"}, {"scale", "0.1"}, {"kind", "state"}}),
             Given::section({{"topic", "#"}, {"numbers_in_text", "true"}})})}});
}

// The first byte: below 128 the shorter way's subscriptions, above the shared rules'.
char topic_of(std::uint8_t byte) { return static_cast<char>(byte < 128 ? 'a' + byte % 7 : 'h' + byte % 5); }

// What simdjson's other parser says of the same bytes: it takes all that ours takes, but for numbers that it cannot
// hold.
void compare_with_dom(std::string_view payload) {
  payload::JsonDecoder decoder;
  const payload::JsonFault fault = decoder.decode(payload, {});
  simdjson::dom::parser parser;
  const auto error = parser.parse(payload.data(), payload.size()).error();
  const bool ours = fault != payload::JsonFault::kNotJson && fault != payload::JsonFault::kNotUtf8 &&
                    fault != payload::JsonFault::kNotFinite;
  const bool stopped_early = fault == payload::JsonFault::kTooDeep || fault == payload::JsonFault::kTooManyValues ||
                             fault == payload::JsonFault::kTextTooLong || fault == payload::JsonFault::kOutOfRange ||
                             fault == payload::JsonFault::kDuplicateKey || fault == payload::JsonFault::kTooLarge;
  const bool theirs = error == simdjson::SUCCESS;
  if ((theirs && !ours) || (ours && !stopped_early && !theirs && error != simdjson::NUMBER_ERROR)) {
    std::fprintf(stderr, "ours: %.*s, theirs: %s\n", static_cast<int>(to_word(fault).size()), to_word(fault).data(),
                 simdjson::error_message(error));
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t line = rest.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string topic = std::string(1, topic_of(data[0])) + "/" + std::string(rest.substr(0, line));
  const std::string_view payload = rest.substr(line + 1);
  compare_with_dom(payload);

  static const mqtt::Settings settings = [] {
    const test::OptionTree options(mqtt::kOptionTable, subscriptions());
    return mqtt::make_settings(Options(options.root()), "id");
  }();
  test::FakeHost host(std::span<const telltale_option>{});
  payload::Refusals bad(host.host());
  mqtt::Publisher publisher(host.host(), settings.max_series);
  mqtt::Mapper mapper(publisher, bad, settings.subscriptions, settings.max_series);
  const mqtt::UserProperty property{"p", payload.substr(0, 20)};
  mapper.message({topic, payload, false, {}});
  mapper.message({topic, payload, true, {&property, 1}});
  host.advance(std::chrono::hours(1));
  publisher.tick();
  mapper.tick();
  if (host.series().size() > 50) std::abort();
  for (const std::string& fault : host.faults()) {
    if (fault.starts_with("malformed series")) continue;  // too long, or not UTF-8: refused, as it should be
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
