#include "daemon/host/declaration_codec.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/cpp/text.hpp>

namespace telltale::host {
namespace {

core::SeriesDeclaration full() {
  core::SeriesDeclaration declaration;
  declaration.key = *core::make_series_key("press7.door", {{"hall", "2"}, {"side", "\"left\""}});
  declaration.unit = "°C";
  declaration.kind = core::SeriesKind::kState;
  declaration.states = {{-1, "broken"}, {0, "shut"}, {1, "open"}};
  declaration.hint = {"The door", 3, std::pair(-1.5, 2.5)};
  return declaration;
}

TEST(DeclarationCodec, ReadsBackWhatItWrote) {
  EXPECT_EQ(decode_declaration(encode_declaration(full())).value(), full());
  core::SeriesDeclaration plain;
  plain.key = *core::make_series_key("a", {});
  EXPECT_EQ(decode_declaration(encode_declaration(plain)).value(), plain);
}

TEST(DeclarationCodec, RefusesEveryCutAndEveryExtraByte) {
  const std::string bytes = encode_declaration(full());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_declaration(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(decode_declaration(bytes + "x").has_value());
}

TEST(DeclarationCodec, SurvivesAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) { static_cast<void>(decode_declaration(bytes)); }));
  EXPECT_TRUE(rc::check([](std::size_t place, char byte) {
    std::string bytes = encode_declaration(full());
    bytes[place % bytes.size()] = byte;
    const auto decoded = decode_declaration(bytes);
    // What it accepts is as clean as what a plugin may declare.
    if (decoded) RC_ASSERT(decode_declaration(encode_declaration(*decoded)).value() == *decoded);
  }));
}

struct Bad {
  const char* what;
  void (*spoil)(telltale_series&);
};

TEST(DeclarationCodec, RefusesWhatAPluginMustNotDeclare) {
  const Bad table[] = {
      {"no name", [](telltale_series& s) { s.name = {}; }},
      {"a name of no memory",
       [](telltale_series& s) {
         s.name = {nullptr, 5};
       }},
      {"an endless name", [](telltale_series& s) { s.name.size = UINT64_MAX; }},
      {"a glob", [](telltale_series& s) { s.name = to_str("a*"); }},
      {"a kind that is none", [](telltale_series& s) { s.kind = 4; }},
      {"too many decimals", [](telltale_series& s) { s.decimals = 10; }},
      {"labels that are not there", [](telltale_series& s) { s.label_count = 2; }},
      {"countless labels", [](telltale_series& s) { s.label_count = UINT32_MAX; }},
      {"states that are not there", [](telltale_series& s) { s.state_count = 2; }},
      {"a control character in the unit", [](telltale_series& s) { s.unit = to_str("\n"); }},
      {"a title that is no UTF-8", [](telltale_series& s) { s.title = to_str("\xff"); }},
      {"a state's value out of range",
       [](telltale_series& s) {
         static const telltale_state_name kState{to_str("x"), 40'000};
         s.kind = TELLTALE_KIND_STATE;
         s.states = &kState;
         s.state_count = 1;
       }},
      {"states of a gauge",
       [](telltale_series& s) {
         static const telltale_state_name kState{to_str("x"), 1};
         s.states = &kState;
         s.state_count = 1;
       }},
  };
  for (const Bad& row : table) {
    telltale_series series{};
    series.name = to_str("a.b");
    series.decimals = -1;
    EXPECT_TRUE(copy_declaration(series).has_value());
    row.spoil(series);
    EXPECT_FALSE(copy_declaration(series).has_value()) << row.what;
  }
}

TEST(DeclarationCodec, TakesNoHintFromARangeThatIsNone) {
  telltale_series series{};
  series.name = to_str("a");
  series.decimals = -1;
  series.maximum = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(copy_declaration(series)->hint.range.has_value());
  series.minimum = std::nan("");
  EXPECT_FALSE(copy_declaration(series)->hint.range.has_value());
}

}  // namespace
}  // namespace telltale::host
