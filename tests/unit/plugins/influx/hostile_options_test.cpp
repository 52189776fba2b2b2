// Each text of the table, hostile: the sink says what is wrong, and is not made.
#include "tests/support/hostile_options.h"

#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/influx/influx_sink.h"
#include "tests/support/fake_host.h"

namespace telltale::influx {
namespace {

void expect_refused(const test::Keys& needed) {
  for (const auto& [what, keys] : test::hostile_options(kOptionTable, needed)) {
    const test::FakeHost host(kOptionTable, test::Given::section(keys));
    EXPECT_THROW(InfluxSink{host.host()}, ConfigError) << what;
  }
}

TEST(InfluxSinkOptions, HostileTextsAreRefused) {
  expect_refused({{"url", "http://127.0.0.1:1"}, {"database", "a"}});
  expect_refused({{"url", "http://127.0.0.1:1"}, {"org", "a"}, {"bucket", "b"}, {"user", "c"}});
}

}  // namespace
}  // namespace telltale::influx
