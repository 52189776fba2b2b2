// Each text of the table, hostile: the sink says what is wrong, and is not made.
#include "tests/support/hostile_options.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/mqtt-out/mqtt_out_sink.h"
#include "tests/support/fake_host.h"

namespace telltale::mqtt_out {
namespace {

// `idle`: options that the form does not look at.
void expect_refused(const test::Keys& needed, std::initializer_list<std::string_view> idle) {
  for (const auto& [what, keys] : test::hostile_options(kOptionTable, needed)) {
    const std::string_view name(what);
    if (std::any_of(idle.begin(), idle.end(), [&](std::string_view one) { return name.starts_with(one); })) continue;
    const test::FakeHost host(kOptionTable, test::Given::section(keys));
    EXPECT_THROW(MqttOutSink{host.host()}, ConfigError) << what;
  }
}

TEST(MqttOutSinkOptions, HostileTextsAreRefused) {
  expect_refused({{"url", "mqtts://127.0.0.1:1"}, {"username", "a"}}, {"sparkplug."});
  expect_refused({{"url", "mqtts://127.0.0.1:1"}, {"username", "a"}, {"form", "batch"}}, {"sparkplug."});
  expect_refused({{"url", "wss://127.0.0.1:1/a"}, {"username", "a"}, {"form", "sparkplug"}}, {"status: "});
}

}  // namespace
}  // namespace telltale::mqtt_out
