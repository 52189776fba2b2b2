#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/payload/line_series.hpp>

namespace telltale::payload {
namespace {

using ::testing::ElementsAre;

// `name{a="b"} kind value` of each reading of the first point.
std::vector<std::string> readings_of(std::string_view line) {
  LineReader reader(line);
  EXPECT_EQ(reader.next(), LineReader::Step::kPoint) << reader.error().reason;
  LineMapper mapper;
  mapper.begin(reader.point());
  std::vector<std::string> found;
  for (const LineField& field : reader.point().fields) {
    const LineReading reading = mapper.map(field);
    std::string text(reading.name);
    for (const LineTag& label : reading.labels) text.append(" ").append(label.key).append("=").append(label.value);
    if (reading.kind == PayloadKind::kEvent) {
      text.append(" event ").append(reading.text);
    } else {
      text.append(reading.kind == PayloadKind::kState ? " state " : " gauge ") += std::to_string(reading.value);
    }
    found.push_back(text);
  }
  return found;
}

TEST(LineSeries, NamesMeasurementAndField) {
  EXPECT_THAT(readings_of("cpu,host=a,core=0 user=1.5,idle=98i,n=3u"),
              ElementsAre("cpu.user host=a core=0 gauge 1.500000", "cpu.idle host=a core=0 gauge 98.000000",
                          "cpu.n host=a core=0 gauge 3.000000"));
}

TEST(LineSeries, CallsTheFieldValueByTheMeasurementAlone) {
  EXPECT_THAT(
      readings_of("household,series=Voltage value=234.84,other=1"),
      ElementsAre("household series=Voltage gauge 234.840000", "household.other series=Voltage gauge 1.000000"));
}

TEST(LineSeries, MakesEventsOfStringsAndStatesOfBooleans) {
  EXPECT_THAT(readings_of(R"(door open=true,who="Ann \"A\"")"),
              ElementsAre("door.open state 1.000000", "door.who event Ann \"A\""));
}

TEST(LineSeries, MakesForeignNamesFit) {
  EXPECT_THAT(readings_of(R"(C*pu\,x,host-name=a,1st=b,ok_1=c{} load@5\=m=1)"),
              ElementsAre("C_pu_x.load_5_m host_name=a _1st=b ok_1=c{} gauge 1.000000"));
}

}  // namespace
}  // namespace telltale::payload
