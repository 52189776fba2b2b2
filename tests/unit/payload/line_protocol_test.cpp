#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/line_protocol.hpp>

namespace telltale::payload {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One point as text: `m|k=v|f:float=1|@5`, so that a table can say what is expected.
std::string text_of(const LinePoint& point) {
  std::string text(point.measurement);
  for (const LineTag& tag : point.tags) text.append("|").append(tag.key).append("=").append(tag.value);
  for (const LineField& field : point.fields) {
    text.append("|").append(field.key).append(":");
    switch (field.type) {
      case FieldType::kFloat: {
        char digits[40];
        text.append("f", 1).append(digits, std::to_chars(digits, digits + 40, field.number).ptr);
        break;
      }
      case FieldType::kInteger:
        text.append("i").append(std::to_string(field.integer));
        break;
      case FieldType::kUnsigned:
        text.append("u").append(std::to_string(field.unsigned_integer));
        break;
      case FieldType::kBoolean:
        text.append("b").append(field.integer != 0 ? "1" : "0");
        break;
      case FieldType::kString:
        text.append("s").append(field.text);
        break;
    }
  }
  if (point.time) text.append("|@").append(std::to_string(*point.time));
  return text;
}

std::string text_of(const LineError& error) {
  return "!" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + std::string(error.reason);
}

std::vector<std::string> read(std::string_view body, const LineOptions& options = {}) {
  LineReader reader(body, options);
  std::vector<std::string> found;
  for (;;) {
    const LineReader::Step step = reader.next();
    if (step == LineReader::Step::kEnd) return found;
    found.push_back(step == LineReader::Step::kPoint ? text_of(reader.point()) : text_of(reader.error()));
  }
}

struct Case {
  std::string_view body;
  std::vector<std::string> found;
};

TEST(LineProtocol, ReadsWhatClientsSend) {
  const std::vector<Case> cases{
      {"", {}},
      {"\n\n  \n\r\n", {}},
      {"# a comment\n  # another", {}},
      {"m f=1", {"m|f:f1"}},
      {"m f=1\n", {"m|f:f1"}},
      {"m f=1\r\nm f=2\r\n", {"m|f:f1", "m|f:f2"}},
      {"  m f=1", {"m|f:f1"}},
      {"m   f=1   5  ", {"m|f:f1|@5"}},
      {"cpu,host=a,core=0 user=1.5,idle=98.5 1700000000000000000",
       {"cpu|host=a|core=0|user:f1.5|idle:f98.5|@1700000000000000000"}},
      {"m f=-1.5e3,g=.5,h=5.,i=+2,j=1E-2", {"m|f:f-1500|g:f0.5|h:f5|i:f2|j:f0.01"}},
      {"m f=1e-400,g=-0.0", {"m|f:f0|g:f-0"}},
      {"m f=9223372036854775807i,g=-9223372036854775808i,h=+3i",
       {"m|f:i9223372036854775807|g:i-9223372036854775808|h:i3"}},
      {"m f=18446744073709551615u", {"m|f:u18446744073709551615"}},
      {"m a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE",
       {"m|a:b1|b:b1|c:b1|d:b1|e:b1|f:b0|g:b0|h:b0|i:b0|j:b0"}},
      {R"(m f="")", {"m|f:s"}},
      {R"(m f="a, b=c d")", {"m|f:sa, b=c d"}},
      {R"(m f="say \"hi\"",g="back\\slash",h="a\nb")", {R"(m|f:ssay "hi"|g:sback\slash|h:sa\nb)"}},
      {"m f=\"two\nlines\" 5\nm f=1", {"m|f:stwo\nlines|@5", "m|f:f1"}},
      {R"(my\ m\,x,tag\ k\,e\=y=v\ a\,l\=u f\ k\=1=1)", {"my m,x|tag k,e=y=v a,l=u|f k=1:f1"}},
      {"m=x f=1", {"m=x|f:f1"}},
      {"temp,ort=Küche wert=21.5", {"temp|ort=Küche|wert:f21.5"}},
      {"m f=1 -5", {"m|f:f1|@-5"}},
      {"m f=1,f=2", {"m|f:f1|f:f2"}},
  };
  for (const Case& row : cases) EXPECT_EQ(read(row.body), row.found) << row.body;
}

TEST(LineProtocol, KeepsBackslashesThatEscapeNothing) {
  EXPECT_THAT(read(R"(C:\Win,d=C:\x f\g=1,s="a\b")"), ElementsAre(R"(C:\Win|d=C:\x|f\g:f1|s:sa\b)"));
}

TEST(LineProtocol, NamesLineColumnAndReason) {
  const std::vector<Case> cases{
      {"m", {"!1:2: the fields are missing"}},
      {"m ", {"!1:3: the fields are missing"}},
      {",a=b f=1", {"!1:1: the measurement is missing"}},
      {"m, f=1", {"!1:3: the tag has no name"}},
      {"m,a f=1", {"!1:4: the tag has no '=' and value"}},
      {"m,a= f=1", {"!1:5: the tag has no value"}},
      {"m,a=b=c f=1", {"!1:6: an '=' in a tag's value is written '\\='"}},
      {"m,a=b,a=c f=1", {"!1:7: the tag is given twice"}},
      {"m,a=b", {"!1:6: the fields are missing"}},
      {"m f", {"!1:4: the field has no '=' and value"}},
      {"m f=", {"!1:5: the field has no value"}},
      {"m f= 5", {"!1:5: the field has no value"}},
      {"m =1", {"!1:3: the fields are missing"}},
      {"m f=1,", {"!1:7: the field has no name"}},
      {"m f=1,=2", {"!1:7: the field has no name"}},
      {"m f=abc", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=nan", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=-inf", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=0x10", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=1.5i", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=i", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=-1u", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=+-1i", {"!1:5: not a number, a boolean or a string in double quotes"}},
      {"m f=1e999", {"!1:5: the number is out of range"}},
      {"m f=9223372036854775808i", {"!1:5: the number is out of range"}},
      {"m f=18446744073709551616u", {"!1:5: the number is out of range"}},
      {R"(m f="open)", {"!1:5: the string has no closing '\"'"}},
      {R"(m f="a"b)", {"!1:8: after a string comes ',', a space or the end of the line"}},
      {"m f=1 now", {"!1:7: the timestamp is not an integer"}},
      {"m f=1 1.5", {"!1:7: the timestamp is not an integer"}},
      {"m f=1 99999999999999999999", {"!1:7: the timestamp is out of range"}},
      {"m f=1 5 6", {"!1:9: nothing may follow the timestamp"}},
      {"m f=1\rx", {"!1:6: a carriage return inside the line"}},
  };
  for (const Case& row : cases) EXPECT_EQ(read(row.body), row.found) << row.body;
}

TEST(LineProtocol, KeepsGoodLinesBesideBadOnes) {
  EXPECT_THAT(read("m f=1\nm f=oops\n# note\n\nm f=3\nm\nm f=4"),
              ElementsAre("m|f:f1", HasSubstr("!2:5:"), "m|f:f3", HasSubstr("!6:2:"), "m|f:f4"));
}

TEST(LineProtocol, AStringThatNeverEndsCostsItsOwnLineOnly) {
  EXPECT_THAT(read("m f=\"open\nm f=2\nm f=3 x"),
              ElementsAre(HasSubstr("!1:5: the string has no closing"), "m|f:f2", HasSubstr("!3:7:")));
  EXPECT_THAT(read("m f=\"a\nm f=\"b\"\n"), ElementsAre(HasSubstr("!1:"), "m|f:sb"));
}

TEST(LineProtocol, CountsLinesInsideStrings) {
  EXPECT_THAT(read("m f=\"1\n2\n3\"\nm f=x"), ElementsAre("m|f:s1\n2\n3", HasSubstr("!4:5:")));
}

TEST(LineProtocol, ConvertsTimestampsToNanoseconds) {
  const auto at = [](TimePrecision precision) {
    LineOptions options;
    options.precision = precision;
    return options;
  };
  EXPECT_THAT(read("m f=1 1700000000", at(TimePrecision::kSeconds)), ElementsAre("m|f:f1|@1700000000000000000"));
  EXPECT_THAT(read("m f=1 1700000000123", at(TimePrecision::kMilliseconds)),
              ElementsAre("m|f:f1|@1700000000123000000"));
  EXPECT_THAT(read("m f=1 1700000000123456", at(TimePrecision::kMicroseconds)),
              ElementsAre("m|f:f1|@1700000000123456000"));
  EXPECT_THAT(read("m f=1 1700000000000000000", at(TimePrecision::kSeconds)),
              ElementsAre("!1:7: the timestamp is out of range"));
  EXPECT_EQ(time_precision_from("ms"), TimePrecision::kMilliseconds);
  EXPECT_EQ(time_precision_from("u"), TimePrecision::kMicroseconds);
  EXPECT_EQ(time_precision_from("h"), std::nullopt);
}

TEST(LineProtocol, HoldsItsLimits) {
  LineOptions options;
  options.max_line_bytes = 20;
  options.max_tags = 2;
  options.max_fields = 2;
  EXPECT_THAT(read("m f=1234567890123456\nm f=1", options), ElementsAre("m|f:f1234567890123456", "m|f:f1"));
  EXPECT_THAT(read("m f=12345678901234567\nm f=1", options), ElementsAre("!1:21: the line is too long", "m|f:f1"));
  EXPECT_THAT(read("m f=\"aaaaaaaaaaaaaaaaaaaaaaaaa\"\nm f=1", options),
              ElementsAre("!1:21: the line is too long", "m|f:f1"));
  EXPECT_THAT(read("m,a=1,b=2,c=3 f=1\nm f=1,g=2,h=3\nm f=1", options),
              ElementsAre("!1:10: too many tags", "!2:11: too many fields", "m|f:f1"));
}

TEST(LineProtocol, GivesEqualSeriesEqualHeads) {
  LineReader reader("m,a=b f=1 1\nm,a=b g=2 2\nm f=1");
  ASSERT_EQ(reader.next(), LineReader::Step::kPoint);
  EXPECT_EQ(reader.point().head, "m,a=b");
  ASSERT_EQ(reader.next(), LineReader::Step::kPoint);
  EXPECT_EQ(reader.point().head, "m,a=b");
  ASSERT_EQ(reader.next(), LineReader::Step::kPoint);
  EXPECT_EQ(reader.point().head, "m");
}

// ---- properties -------------------------------------------------------------------------------------------------

std::string escaped(std::string_view text, std::string_view specials) {
  std::string out;
  for (const char c : text) {
    if (specials.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// Texts of keys: without line ends and backslashes, which nothing can escape there.
rc::Gen<std::string> key_text() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019 ,=\"._-#\xc3\xbc"))));
}

TEST(LineProtocol, ReadsBackWhatWasWritten) {
  EXPECT_TRUE(rc::check([] {
    const std::string measurement = "m" + *key_text();
    const auto tags = *rc::gen::unique<std::vector<std::string>>(key_text());
    const auto values = *rc::gen::container<std::vector<double>>(
        1 + *rc::gen::inRange(0, 5), rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t bits) {
          const double number = static_cast<double>(bits) * 1.1e-7;
          return number;
        }));
    const std::string string = *rc::gen::arbitrary<std::string>();
    const auto time = *rc::gen::arbitrary<std::int64_t>();
    std::string line = escaped(measurement, ", ");
    for (std::size_t i = 0; i < std::min<std::size_t>(tags.size(), 64); ++i) {
      line += "," + escaped(tags[i], ",= ") + "=" + escaped(tags[tags.size() - 1 - i], ",= ");
    }
    const char* separator = " ";
    for (std::size_t i = 0; i < values.size(); ++i) {
      char digits[40];
      line += separator + ("f" + std::to_string(i)) + "=";
      line.append(digits, std::to_chars(digits, digits + sizeof digits, values[i]).ptr);
      separator = ",";
    }
    line += ",s=\"" + escaped(string, "\"\\") + "\" " + std::to_string(time);

    LineReader reader(line);
    RC_ASSERT(reader.next() == LineReader::Step::kPoint);
    const LinePoint& point = reader.point();
    RC_ASSERT(point.measurement == measurement);
    RC_ASSERT(point.tags.size() == std::min<std::size_t>(tags.size(), 64));
    for (std::size_t i = 0; i < point.tags.size(); ++i) {
      RC_ASSERT(point.tags[i].key == tags[i]);
      RC_ASSERT(point.tags[i].value == tags[tags.size() - 1 - i]);
    }
    RC_ASSERT(point.fields.size() == values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) RC_ASSERT(point.fields[i].number == values[i]);
    RC_ASSERT(point.fields.back().text == string);
    RC_ASSERT(point.time == time);
    RC_ASSERT(reader.next() == LineReader::Step::kEnd);
  }));
}

TEST(LineProtocol, EndsOnAnyBytesAndStaysInsideThem) {
  EXPECT_TRUE(rc::check([] {
    const auto bytes = *rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{8, rc::gen::elementOf(std::string("ab=,= \\\"\n\r#1.itf5-"))}, {1, rc::gen::arbitrary<char>()}}));
    const std::vector<char> exact(bytes.begin(), bytes.end());  // no terminator: a sanitizer sees each step too far
    LineReader reader({exact.data(), exact.size()});
    std::size_t steps = 0;
    std::size_t line = 0;
    for (auto step = reader.next(); step != LineReader::Step::kEnd; step = reader.next()) {
      RC_ASSERT(++steps <= bytes.size());
      const std::size_t now = step == LineReader::Step::kPoint ? reader.point().line : reader.error().line;
      RC_ASSERT(now > line);
      line = now;
    }
    RC_ASSERT(line <= static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1);
  }));
}

}  // namespace
}  // namespace telltale::payload
