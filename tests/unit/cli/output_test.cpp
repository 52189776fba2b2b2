#include "daemon/cli/output.h"

#include <cstdio>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "daemon/cli/json_text.h"
#include "daemon/cli/status_text.h"
#include "daemon/cli/tail_printer.h"

namespace telltale::cli {
namespace {

// A stream in memory, and what was written to it.
class Captured {
 public:
  explicit Captured(bool terminal) : stream_(::open_memstream(&text_, &size_)), output_(stream_, terminal) {}
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() {
    std::fclose(stream_);
    std::free(text_);
  }
  [[nodiscard]] const Output& output() const { return output_; }
  [[nodiscard]] std::string text() {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
  Output output_;
};

TEST(Table, IsAlignedForPeople) {
  Captured captured(true);
  Table table({"NAME", ">VALUE", "UNIT"});
  table.add({"öl", "21.5", "°C"});
  table.add({"pressure", "7"});
  table.print(captured.output());
  EXPECT_EQ(
      "NAME      VALUE  UNIT\n"
      "öl         21.5  °C\n"
      "pressure      7\n",
      captured.text());
}

TEST(Table, IsTabSeparatedForPrograms) {
  Captured captured(false);
  Table table({"NAME", ">VALUE"});
  table.add({"a b", "1"});
  table.print(captured.output());
  EXPECT_EQ("a b\t1\n", captured.text());
}

TEST(Table, NothingFromADaemonDrivesTheTerminal) {
  for (const bool terminal : {true, false}) {
    Captured captured(terminal);
    Table table({"NAME"});
    table.add({"a\x1b[2J\tb\nc\xff"});
    table.print(captured.output());
    captured.output().line("x\x1b]0;title\x07");
    const std::string text = captured.text();
    for (const char c : text) EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f')) << text;
  }
}

TEST(JsonText, ShowsWhateverTheDaemonReports) {
  Captured captured(false);
  print_json_text(boost::json::object{{"device", boost::json::object{{"name", "press-7"}}},
                                      {"ok", true},
                                      {"bytes", 1500},
                                      {"oldest", 1'700'000'000'000},
                                      {"tiers", boost::json::array{1, boost::json::object{{"bytes", 2}}}},
                                      {"inputs", boost::json::array{}},
                                      {"error", nullptr}},
                  captured.output(), {"inputs"});
  EXPECT_EQ(
      "device.name\tpress-7\n"
      "ok\tyes\n"
      "bytes\t1500\n"
      "oldest\t2023-11-14T22:13:20.000Z\n"
      "tiers.0\t1\n"
      "tiers.1.bytes\t2\n"
      "error\t\n",
      captured.text());
}

TEST(JsonText, SizesHaveUnits) {
  EXPECT_EQ("0 bytes", size_text(0));
  EXPECT_EQ("999 bytes", size_text(999));
  EXPECT_EQ("1.5 kB", size_text(1500));
  EXPECT_EQ("2.0 GB", size_text(2e9));
  EXPECT_EQ("5000.0 TB", size_text(5e15));
}

TEST(StatusText, IsAFewLinesOfWhatThereIs) {
  Captured captured(true);
  status_table(boost::json::parse(R"({"version":"0.1.0","device":{"name":"press-7","site":"hall-2"},
    "started_at":1700000000000,"health":"ok","clock":{"synchronised":false},
    "pipeline":{"readings":1234,"readings_per_second":10.26,"rejected":0,"late":2,"series":7},
    "storage":{"bytes":1500000,"budget":2000000000,"samples":1200,"oldest":null,"error":""}})"))
      .print(captured.output());
  EXPECT_EQ(
      "device    press-7, hall-2\n"
      "daemon    telltaled 0.1.0, since 2023-11-14T22:13:20.000Z\n"
      "health    ok\n"
      "clock     not synchronised: times are uncertain\n"
      "readings  1234, 10.3 a second, 7 series, 2 late\n"
      "storage   1.5 MB, of at most 2.0 GB, 1200 readings\n",
      captured.text());
}

TEST(StatusText, StandsWhateverADaemonAnswers) {
  for (const char* answer :
       {"null", "[]", "7", "{}", R"({"device":7,"pipeline":[],"storage":{"bytes":"x"},"clock":1})"}) {
    Captured captured(true);
    status_table(boost::json::parse(answer)).print(captured.output());
    EXPECT_EQ("", captured.text()) << answer;
  }
}

constexpr const char* kSeriesFrame =
    R"({"op":"series","id":"a","series":[{"ref":0,"key":"oil.temp","unit":"°C","kind":"gauge"},{"ref":1,"key":"door","kind":"state"}]})";

TEST(TailPrinter, PrintsALinePerReading) {
  Captured captured(true);
  TailPrinter printer(captured.output(), 0, false);
  EXPECT_TRUE(printer.take(R"({"op":"hello","version":"0.1.0"})").value());
  EXPECT_TRUE(printer.take(kSeriesFrame).value());
  EXPECT_TRUE(
      printer
          .take(
              R"({"op":"data","id":"a","seq":1,"rows":[[0,1700000000000,21.5],[1,1700000000001,"open"],[0,1700000000002,null]]})")
          .value());
  EXPECT_EQ(
      "2023-11-14T22:13:20.000Z\toil.temp\t21.5\t°C\n"
      "2023-11-14T22:13:20.001Z\tdoor\topen\n"
      "2023-11-14T22:13:20.002Z\toil.temp\t\t°C\n",
      captured.text());
}

TEST(TailPrinter, StopsAfterTheWantedNumber) {
  Captured captured(false);
  TailPrinter printer(captured.output(), 2, true);
  EXPECT_TRUE(printer.take(kSeriesFrame).value());
  EXPECT_TRUE(printer.take(R"({"op":"data","rows":[[0,1,1.5]]})").value());
  EXPECT_FALSE(printer.take(R"({"op":"data","rows":[[0,2,2.5],[0,3,3.5]]})").value());
  EXPECT_EQ("{\"key\":\"oil.temp\",\"time\":1,\"value\":1.5}\n{\"key\":\"oil.temp\",\"time\":2,\"value\":2.5}\n",
            captured.text());
}

TEST(TailPrinter, PassesOverWhatIsNoFrame) {
  Captured captured(false);
  TailPrinter printer(captured.output(), 0, false);
  EXPECT_TRUE(printer.take(kSeriesFrame).value());
  for (const char* frame :
       {"", "{", "[]", "7", R"({"op":7})", R"({"op":"data"})", R"({"op":"data","rows":7})",
        R"({"op":"data","rows":[7,[],[0],[0,1],[9,1,1],["0",1,1],[-1,1,1],[0.5,1,1]]})",
        R"({"op":"series","series":[{"key":"x"},{"ref":"0"},7]})", R"({"op":"new in a later version"})"}) {
    EXPECT_TRUE(printer.take(frame).value()) << frame;
  }
  EXPECT_EQ("", captured.text());
  const auto failed = printer.take(R"({"op":"error","id":"a","code":"bad","message":"no such pattern"})");
  ASSERT_FALSE(failed);
  EXPECT_EQ("no such pattern", failed.error().message);
}

}  // namespace
}  // namespace telltale::cli
