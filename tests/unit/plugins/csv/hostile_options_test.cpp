// Each text of the table, hostile: the sink says what is wrong, and is not made.
#include "tests/support/hostile_options.h"

#include <string>

#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/csv/csv_sink.h"
#include "tests/support/fake_host.h"

namespace telltale::csv {
namespace {

void expect_refused(const test::Keys& needed) {
  for (const auto& [what, keys] : test::hostile_options(kOptionTable, needed)) {
    const test::FakeHost host(kOptionTable, test::Given::section(keys));
    EXPECT_THROW(CsvSink{host.host()}, ConfigError) << what;
  }
}

TEST(CsvSinkOptions, HostileTextsAreRefused) {
  expect_refused({{"directory", "/nowhere"}});
  const test::FakeHost host(kOptionTable, test::Given::section({{"directory", "/" + std::string(100'000, 'x')}}));
  EXPECT_THROW(CsvSink{host.host()}, ConfigError);
}

}  // namespace
}  // namespace telltale::csv
