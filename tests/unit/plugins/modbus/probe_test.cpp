// Finding units, and what their registers could mean.
#include "plugins/modbus/probe/probe.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/modbus/modbus_input.h"
#include "plugins/modbus/probe/decodings.h"
#include "plugins/modbus/probe/probe_words.h"
#include "tests/support/fake_host.h"

namespace telltale::modbus {
namespace {

using test::Given;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ModbusProbe, ShowsTheLikeliestDecodingFirst) {
  const std::vector<std::tuple<std::vector<std::uint16_t>, std::string, std::string, std::string>> cases{
      {{0x4366, 0x8000}, "float32", "", "230.5"},
      {{0x8000, 0x4366}, "float32", "word_swap", "230.5"},
      {{2305, 17}, "uint16", "", "2305"},
      {{0xff38, 0}, "int16", "", "-200"},
      {{213}, "uint16", "", "213"}};
  for (const auto& [registers, type, order, shown] : cases) {
    const Decoding best = decodings_of(registers).front();
    EXPECT_EQ(best.type + " " + best.order + " " + best.shown, type + " " + order + " " + shown);
  }
}

TEST(ModbusProbe, PrintsWhatCanBePasted) {
  const std::vector<std::uint16_t> registers{0x4366, 0x8000, 0, 213};
  EXPECT_EQ(yaml_points(Table::kHolding, 100, registers),
            "      - {name: holding100, holding: 100, type: float32}  # 230.5\n"
            "      - {name: holding103, holding: 103, type: uint16}  # 213\n");
  EXPECT_THAT(side_by_side(100, registers), HasSubstr("float32 230.5"));
}

TEST(ModbusProbe, ReadsItsWords) {
  EXPECT_THAT(parse_units("3,1-3,200"), ElementsAre(3, 1, 2, 200));
  EXPECT_THAT(parse_bauds("9600,19200"), ElementsAre(9'600, 19'200));
  EXPECT_THAT(parse_parities("even,none"), ElementsAre('E', 'N'));
  for (const char* const text : {"", "0-256", "5-3", "a", "1-", "1;2"})
    EXPECT_THROW((void)parse_units(text), ConfigError) << text;
  for (const char* const text : {"", "fast", "1"}) EXPECT_THROW((void)parse_bauds(text), ConfigError) << text;
  const Address line = parse_url("rtu:///dev/ttyUSB0?stop_bits=2");
  EXPECT_EQ(url_with("", line, 19'200, 'E'), "rtu:///dev/ttyUSB0?baud=19200&parity=even&stop_bits=2");
}

TEST(ModbusProbe, SaysWhyItCannotLookAtAll) {
  const auto* probe = static_cast<const telltale_probe_1*>(detail::Glue<ModbusInput>::get_interface(TELLTALE_PROBE_1));
  ASSERT_NE(probe, nullptr);
  test::FakeHost host({probe->options, probe->option_count},
                      Given::section({{"url", "rtu:///dev/no-such-port?baud=9600"}}));
  telltale_report report{};
  report.found = [](const telltale_report*, const telltale_finding*) { return TELLTALE_OK; };
  report.progress = [](const telltale_report*, std::uint32_t, std::uint32_t, telltale_str) {};
  EXPECT_EQ(probe->run(&host.abi(), &report, -1), TELLTALE_E_IO);
  EXPECT_THAT(host.log().back().text, HasSubstr("is not there"));
}

}  // namespace
}  // namespace telltale::modbus
