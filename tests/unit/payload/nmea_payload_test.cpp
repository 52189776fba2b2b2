#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/checksum.hpp>
#include <telltale/payload/nmea_payload.hpp>

#include "tests/unit/payload/collect.h"

namespace telltale::payload {
namespace {

// With its checksum.
std::string sentence(const std::string& body) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "*%02X", static_cast<unsigned>(checksum_of(Checksum::kXor, body)));
  return "$" + body + digits + "\r\n";
}

std::string read(const std::string& payload, NmeaOptions options = {}) {
  NmeaDecoder decoder(std::move(options));
  return decoded(decoder, payload);
}

TEST(Nmea, ReadsTheCommonSentences) {
  // The first two stand in gpsd's "NMEA Revealed"; their checksums are the book's, not ours.
  EXPECT_EQ(
      read("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"),
      "RMC.latitude=48.1173 ° RMC.longitude=11.5166666667 ° RMC.speed=22.4 kn RMC.course=84.4 ° RMC.variation=-3.1 °");
  EXPECT_EQ(read("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"),
            "GGA.latitude=48.1173 ° GGA.longitude=11.5166666667 ° GGA.fix=1 GGA.satellites=8 GGA.hdop=0.9 "
            "GGA.altitude=545.4 m GGA.geoid=46.9 m");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"GPGLL,4916.45,S,12311.12,W,225444,A", "GLL.latitude=-49.2741666667 ° GLL.longitude=-123.185333333 °"},
      {"GPVTG,054.7,T,034.4,M,005.5,N,010.2,K",
       "VTG.course=54.7 ° VTG.course_magnetic=34.4 ° VTG.speed=5.5 kn VTG.speed_kmh=10.2 km/h"},
      {"HEHDT,270.5,T", "HDT.heading=270.5 °"},
      {"SDDBT,7.8,f,2.4,M,1.3,F", "DBT.depth=2.4 m"},
      {"SDDPT,2.4,0.5", "DPT.depth=2.4 m DPT.offset=0.5 m"},
      {"YXMTW,17.75,C", "MTW.temperature=17.75 °C"},
      {"WIMWV,214.8,R,0.1,K,A", "MWV.relative_angle=214.8 ° MWV.relative_speed=0.1 km/h"},
      {"WIMWV,214.8,T,5,M,V", "MWV.true_angle=null MWV.true_speed=null"},
      {"WIXDR,C,19.52,C,TempAir,P,1.02,B,Barometer", "XDR.TempAir=19.52 °C XDR.Barometer=1.02 bar"},
      {"GPTXT,01,01,02,hello", "TXT.1=1 TXT.2=1 TXT.3=2 TXT.4='hello'"},
      {"PGRME,15.0,M", "PGRME.1=15 PGRME.2='M'"}};
  for (const auto& [body, expected] : cases) EXPECT_EQ(read(sentence(body)), expected) << body;
}

TEST(Nmea, SaysThatThereIsNoFix) {
  EXPECT_EQ(read(sentence("GPRMC,,V,,,,,,,,,,N")),
            "RMC.latitude=null RMC.longitude=null RMC.speed=null RMC.course=null RMC.variation=null");
  EXPECT_EQ(read(sentence("GPGGA,1,,,,,0,00,,,M,,M,,")).substr(0, 76),
            "GGA.latitude=null GGA.longitude=null GGA.fix=0 GGA.satellites=0 GGA.hdop=nul");
  EXPECT_EQ(read(sentence("GPGLL,9916.45,N,12311.12,W,1,A")), "GLL.latitude=null GLL.longitude=-123.185333333 °");
}

TEST(Nmea, RefusesWhatIsNone) {
  const std::vector<PayloadCase> cases{{"$GPRMC,123519,A*00", "!wrong_checksum"},
                                       {"$GPRMC,123519,A", "!no_checksum"},
                                       {"$GPRMC,123519,A*6", "!no_checksum"},
                                       {"$GPRMC,123519,A*6G", "!no_checksum"},
                                       {"GPRMC,123519,A*6A", "!not_nmea"},
                                       {"$", "!not_nmea"},
                                       {"$*00xxxx", "!no_checksum"},
                                       {"", "!empty"},
                                       {"\r\n", "!empty"}};
  for (const PayloadCase& row : cases) EXPECT_EQ(read(std::string(row.payload)), row.expected) << row.payload;
  EXPECT_EQ(read(sentence("gprmc,1")), "!not_nmea");
  EXPECT_EQ(read(sentence("GPTXT,\xff")), "!not_nmea");
}

TEST(Nmea, TakesWhatIsAskedFor) {
  NmeaOptions options;
  options.sentences = {"VTG", "HEHDT"};
  EXPECT_EQ(read(sentence("GPTXT,1"), options), "");
  EXPECT_EQ(read(sentence("GPHDT,1,T"), options), "");
  EXPECT_EQ(read(sentence("HEHDT,1,T") + sentence("GPVTG,,,,,1,N,,K"), options), "HDT.heading=1 ° | VTG.speed=1 kn");
  options.sentences.clear();
  options.checksum_required = false;
  EXPECT_EQ(read("$HEHDT,5,T", options), "HDT.heading=5 °");
  EXPECT_EQ(read("$HEHDT,5,T*00", options), "!wrong_checksum");
  options.names = NmeaNames::kBoth;
  EXPECT_EQ(read("$HEHDT,5,T", options), "HDT.heading=5 ° HDT.1=5 HDT.2='T'");
  options.names = NmeaNames::kNumbered;
  EXPECT_EQ(read("\\s:ais1*11\\$HEHDT,5,T", options), "HDT.1=5 HDT.2='T'");
}

TEST(Nmea, KnowsItsTime) {
  NmeaOptions options;
  options.use_time = true;
  EXPECT_EQ(read(sentence("GPZDA,201530.25,04,07,2002,00,00"), options), "@1025813730250000000");
  EXPECT_EQ(read(sentence("GPRMC,000001.00,A,0000.0,N,00000.0,E,0,0,010170,,"), options),
            "RMC.latitude=0 ° RMC.longitude=0 ° RMC.speed=0 kn RMC.course=0 ° @1000000000");
  EXPECT_EQ(read(sentence("GPZDA,,,,,,"), options), "");
}

TEST(Nmea, EndsOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    NmeaOptions options;
    options.checksum_required = false;
    options.use_time = true;
    (void)read(bytes, options);
    (void)read("$GPRMC," + bytes, options);
    (void)read("$WIXDR," + bytes, options);
  }));
}

TEST(Nmea, RefusesEveryFlippedBit) {
  EXPECT_TRUE(rc::check([](std::uint16_t place) {
    std::string good = sentence("GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W");
    good.resize(good.size() - 2);
    const std::size_t bit = place % ((good.size() - 3) * 8);  // not of the checksum itself
    good[bit / 8] = static_cast<char>(good[bit / 8] ^ (1U << bit % 8));
    const std::string said = read(good);
    RC_ASSERT(said.starts_with('!') || said.find(" !") != std::string::npos);
  }));
}

}  // namespace
}  // namespace telltale::payload
