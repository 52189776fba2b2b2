// What an import is made of: times, cells, lines, bytes, and the lines that are posted.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "daemon/tools/byte_source.h"
#include "daemon/tools/export.h"
#include "daemon/tools/import.h"
#include "daemon/tools/import_batches.h"
#include "daemon/tools/import_text.h"
#include "daemon/tools/import_time.h"
#include "daemon/tools/text_lines.h"
#include "tests/unit/tools/directory.h"

namespace telltale::test {
namespace {

using tools::ImportTime;

constexpr std::int64_t kNs = 1'700'000'000'000'000'000;

TEST(ImportTime, ReadsWhatFilesHave) {
  struct Case {
    const char* format;
    const char* zone;
    const char* text;
    std::int64_t ns;  // -1: no time
  };
  for (const Case& item : {
           Case{"auto", "UTC", "1700000000", kNs},
           Case{"auto", "UTC", " 1700000000.5 ", kNs + 500'000'000},
           Case{"auto", "UTC", "1700000000000", kNs},
           Case{"auto", "UTC", "1700000000000000", kNs},
           Case{"auto", "UTC", "1700000000000000001", kNs + 1},
           Case{"auto", "UTC", "0", 0},
           Case{"auto", "UTC", "-1", -1'000'000'000},
           Case{"auto", "UTC", "2023-11-14T22:13:20Z", kNs},
           Case{"auto", "UTC", "2023-11-14 22:13:20", kNs},
           Case{"auto", "UTC", "2023-11-14 22:13:20.123456789", kNs + 123'456'789},
           Case{"auto", "UTC", "2023-11-15T00:13:20+02:00", kNs},
           Case{"auto", "UTC", "2023-11-14T14:13:20 -0800", kNs},
           Case{"auto", "UTC", "2023/11/14 22:13", kNs - 20'000'000'000},
           Case{"auto", "Europe/Berlin", "2023-11-14 23:13:20", kNs},
           Case{"auto", "Europe/Berlin", "2023-07-01 02:00:00", 1'688'169'600'000'000'000},
           Case{"auto", "Europe/Berlin", "2023-11-14 22:13:20Z", kNs},
           Case{"ms", "UTC", "1700000000000", kNs},
           Case{"us", "UTC", "1700000000000000.5", kNs + 500},
           Case{"ns", "UTC", "1700000000000000000", kNs},
           Case{"s", "UTC", "1700000000.123456789", kNs + 123'456'789},
           Case{"%d.%m.%Y %H:%M:%S", "UTC", "14.11.2023 22:13:20", kNs},
           Case{"%d.%m.%Y %H:%M:%S", "UTC", "14.11.2023 22:13:20,25", kNs + 250'000'000},
           Case{"%m/%d/%Y %I:%M %p", "UTC", "11/14/2023 10:13 PM", kNs - 20'000'000'000},
           Case{"auto", "UTC", "", -1},
           Case{"auto", "UTC", "now", -1},
           Case{"auto", "UTC", "2023-11-14T25:00:00Z", -1},
           Case{"auto", "UTC", "2023-02-30", -1},
           Case{"auto", "UTC", "2023-11-14T22:13:20+", -1},
           Case{"auto", "UTC", "2023-11-14T22:13:20 CET", -1},
           Case{"auto", "UTC", "99999999999999999999", -1},
           Case{"auto", "UTC", "1700000000.", -1},
           Case{"s", "UTC", "9300000000", -1},
           Case{"rfc3339", "UTC", "1700000000", -1},
           Case{"%d.%m.%Y", "UTC", "2023-11-14", -1},
       }) {
    const auto time = ImportTime::make(item.format, item.zone);
    ASSERT_TRUE(time) << item.format;
    const auto read = time->read(item.text);
    EXPECT_EQ(read.value_or(-1), item.ns) << item.format << " " << item.text;
  }
  EXPECT_FALSE(ImportTime::make("week", "UTC"));
  EXPECT_FALSE(ImportTime::make("auto", "Mars/Base"));
}

TEST(Csv, SplitsCells) {
  std::vector<std::string> cells;
  EXPECT_TRUE(tools::split_csv(R"(a,"b ""c"", d",,e)", ',', cells));
  EXPECT_EQ(cells, (std::vector<std::string>{"a", "b \"c\", d", "", "e"}));
  EXPECT_TRUE(tools::split_csv("", ',', cells));
  EXPECT_EQ(cells.size(), 1U);
  EXPECT_TRUE(tools::split_csv(";", ';', cells));
  EXPECT_EQ(cells.size(), 2U);
  EXPECT_FALSE(tools::split_csv(R"("a)", ',', cells));
  EXPECT_FALSE(tools::split_csv(R"("a"b,c)", ',', cells));
}

class Source final : public tools::ByteSource {
 public:
  Source(std::string bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
  core::Result<void> next(std::string& piece) override {
    piece = bytes_.substr(at_, step_);
    at_ += piece.size();
    return {};
  }
  [[nodiscard]] std::uint64_t position() const override { return at_; }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t step_;
  std::size_t at_ = 0;
};

std::vector<std::pair<std::uint64_t, std::string>> lines_of(const std::string& text, bool escapes, std::size_t step) {
  tools::TextLines lines(std::make_unique<Source>(text, step), escapes);
  std::vector<std::pair<std::uint64_t, std::string>> out;
  for (;;) {
    auto line = lines.next();
    EXPECT_TRUE(line);
    if (!line || !*line) return out;
    out.emplace_back((*line)->number, (*line)->too_long ? "too long" : (*line)->text);
  }
}

TEST(TextLines, JoinsWhatQuotesHoldTogether) {
  using Lines = std::vector<std::pair<std::uint64_t, std::string>>;
  for (const std::size_t step : {1UL, 3UL, 1000UL}) {
    EXPECT_EQ(lines_of("a\r\nb\n\nc", false, step), (Lines{{1, "a"}, {2, "b"}, {3, ""}, {4, "c"}}));
    EXPECT_EQ(lines_of("a,\"x\ny\",b\nc\n", false, step), (Lines{{1, "a,\"x\ny\",b"}, {3, "c"}}));
    EXPECT_EQ(lines_of("\"a\nb\nc\n", false, step), (Lines{{1, "\"a"}, {2, "b"}, {3, "c"}}));
    EXPECT_EQ(lines_of("m v=\"a\\\"\nb\" 1\nn\n", true, step), (Lines{{1, "m v=\"a\\\"\nb\" 1"}, {3, "n"}}));
    EXPECT_EQ(lines_of(std::string(70'000, 'x') + "\ny\n", true, step), (Lines{{1, "too long"}, {2, "y"}}));
  }
  EXPECT_TRUE(lines_of("", true, 5).empty());
}

TEST(ImportBatches, WritesLinesThatAreReadBack) {
  tools::ImportRecord record;
  record.name = "a b,c";
  record.labels = {{"room", "x y,z=1"}, {"none", ""}};
  record.value = std::string("said \"so\"\\");
  record.time = 5;
  std::string out;
  tools::append_line(out, record);
  record.labels.clear();
  record.value = true;
  tools::append_line(out, record);
  record.value = 0.1;
  tools::append_line(out, record);
  EXPECT_EQ(out,
            "a\\ b\\,c,room=x\\ y\\,z\\=1 value=\"said \\\"so\\\"\\\\\" 5\n"
            "a\\ b\\,c value=true 5\na\\ b\\,c value=0.1 5\n");
}

TEST(Export, ChoosesSpansBySize) {
  EXPECT_EQ(tools::next_span_ms(1000, 0), 4000);
  EXPECT_EQ(tools::next_span_ms(1000, 20'000), 2000);
  EXPECT_EQ(tools::next_span_ms(1000, 100'000), 1000);
  EXPECT_EQ(tools::next_span_ms(1000, 900'000), 500);
  EXPECT_EQ(tools::next_span_ms(1, 900'000), 1);
  EXPECT_EQ(tools::next_span_ms(366LL * 86'400'000, 0), 366LL * 86'400'000);
}

tools::ImportReport dry(const std::string& path, tools::ImportOrder order = {}) {
  order.path = path;
  auto report = tools::import_file(order);
  EXPECT_TRUE(report) << report.error().text();
  return report ? std::move(*report) : tools::ImportReport{};
}

TEST(Import, SeesWhatAFileIs) {
  const Directory directory;
  EXPECT_EQ(dry(directory.file("a", "key,t,value\na,1,2\n")).format, tools::ImportFormat::kCsv);
  EXPECT_EQ(dry(directory.file("b", "\xef\xbb\xbfkey,t,value\na,1,2\n")).readings, 1U);
  EXPECT_EQ(dry(directory.file("c", "m,a=b v=1 5\n")).format, tools::ImportFormat::kLines);
  EXPECT_EQ(dry(directory.file("d", "# DML\nm v=1 5\n")).readings, 1U);
}

TEST(Import, MapsBeforeItPosts) {
  const Directory directory;
  const std::string path = directory.file("a.csv", "key,t,value\na.x,1,2\na.y,2,3\nb.x,3,4\n\"b.x{n=\"\"1\"\"}\",4,5\n");
  tools::ImportOrder order;
  order.mapping.units.emplace_back(*core::Selector::parse("a.*"), "V");
  order.mapping.units.emplace_back(*core::Selector::parse("*"), "A");
  order.mapping.kinds.emplace_back(*core::Selector::parse("b.*"), core::SeriesKind::kCounter);
  order.mapping.renames.emplace_back("b.x", "c");
  order.mapping.labels = {{"n", "0"}};
  order.mapping.prefix = "p.";
  order.mapping.from = 2'000'000'000;
  const auto report = dry(path, order);
  EXPECT_EQ(report.filtered, 1U);
  ASSERT_EQ(report.series.size(), 3U);
  EXPECT_EQ(report.series.at("p.a.y{n=\"0\"}").unit, "V");
  EXPECT_EQ(report.series.at("p.c{n=\"0\"}").unit, "A");
  EXPECT_EQ(report.series.at("p.c{n=\"1\"}").kind, core::SeriesKind::kCounter);
  order.mapping.only.push_back(*core::Selector::parse("b.x{n=\"1\"}"));
  EXPECT_EQ(dry(path, order).readings, 1U);
}

TEST(Import, BoundsWhatItTells) {
  const Directory directory;
  std::string bytes = "key,t,value\n";
  for (int i = 0; i < 2000; ++i) bytes += "a," + std::string(2000, 'x') + ",1\n";
  const auto report = dry(directory.file("a.csv", bytes));
  EXPECT_EQ(report.bad, 2000U);
  EXPECT_EQ(report.problems.size(), 100U);
  EXPECT_LE(report.problems.front().size(), 300U);
  EXPECT_EQ(report.problems.front().rfind("line 2: ", 0), 0U) << report.problems.front();
}

TEST(Import, KeepsWhatCameBeforeABrokenGzip) {
  const Directory directory;
  // gzip of nothing, cut in its trailer.
  const std::string path = directory.file("a.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0", 14));
  tools::ImportOrder order;
  order.path = path;
  order.format = tools::ImportFormat::kLines;
  const auto report = tools::import_file(order);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->bad, 1U);
  EXPECT_EQ(report->problems.front().rfind("the file: the gzip is broken", 0), 0U);
}

}  // namespace
}  // namespace telltale::test
