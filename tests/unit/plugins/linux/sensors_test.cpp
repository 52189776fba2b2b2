// The names and units of hwmon, IIO and 1-Wire.
#include <gtest/gtest.h>

#include "plugins/linux/codec/hwmon.h"
#include "plugins/linux/codec/iio.h"
#include "plugins/linux/codec/w1.h"
#include "plugins/linux/collect/sensor.h"

namespace telltale::linux_input {
namespace {

TEST(HwmonFile, NamesItsQuantity) {
  struct Case {
    const char* file;
    const char* prefix;
    const char* name;
    const char* unit;
    const char* text;
    double value;
  };
  const Case cases[] = {
      {"temp1_input", "temp1", "temperature", "°C", "48312", 48.312},
      {"temp12_input", "temp12", "temperature", "°C", "-5000", -5},
      {"in0_input", "in0", "voltage", "V", "1112", 1.112},
      {"fan2_input", "fan2", "fan.speed", "rpm", "1045", 1045},
      {"curr1_input", "curr1", "current", "A", "845", 0.845},
      {"power1_input", "power1", "power", "W", "10168750", 10.16875},
      {"power1_average", "power1", "power", "W", "9900000", 9.9},
      {"energy1_input", "energy1", "energy", "J", "123456789", 123.456789},
      {"humidity1_input", "humidity1", "humidity", "%", "47120", 47.12},
      {"freq1_input", "freq1", "frequency", "Hz", "200000000", 2e8},
  };
  for (const Case& row : cases) {
    const auto channel = parse_hwmon_file(row.file);
    ASSERT_TRUE(channel) << row.file;
    EXPECT_EQ(channel->prefix, row.prefix);
    EXPECT_EQ(channel->quantity->name, row.name) << row.file;
    EXPECT_EQ(channel->quantity->unit, row.unit) << row.file;
    const auto value = convert(row.text, *channel->quantity);
    ASSERT_TRUE(value) << row.file;
    EXPECT_NEAR(*value, row.value, 1e-9) << row.file;
  }
}

TEST(HwmonFile, IsNothingWhenItIsNoValue) {
  for (const char* file :
       {"", "name", "_input", "temp_input", "temp1_max", "temp1_label", "1_input", "tempx1_input", "temp1x_input",
        "pwm1", "temp1_average", "intrusion0_alarm", "temp99999999999_input", "input"}) {
    EXPECT_FALSE(parse_hwmon_file(file)) << file;
  }
}

TEST(HwmonValue, IsNothingWhenItIsGarbage) {
  for (const char* text : {"", " ", "x", "12x", "1 2", "nan", "inf", "-inf", "1e300", "999999999999999999999999"}) {
    EXPECT_FALSE(convert(text, zone_temperature())) << text;
  }
  EXPECT_EQ(convert(" 21500\n", zone_temperature()), 21.5);
}

TEST(IioFile, NamesItsChannelAndUnit) {
  struct Case {
    const char* file;
    const char* which;
    const char* name;
    const char* unit;
    double factor;  // kernel's unit to ours
  };
  const Case cases[] = {
      {"in_temp_input", "", "temperature", "°C", 1e-3},
      {"in_temp_object_raw", "object", "temperature", "°C", 1e-3},
      {"in_temp0_raw", "0", "temperature", "°C", 1e-3},
      {"in_pressure_input", "", "pressure", "hPa", 10},
      {"in_humidityrelative_input", "", "humidity", "%", 1e-3},
      {"in_voltage0_raw", "0", "voltage", "V", 1e-3},
      {"in_voltage0-voltage1_raw", "0-1", "voltage", "V", 1e-3},
      {"in_voltage3_supply_raw", "3 supply", "voltage", "V", 1e-3},
      {"in_current0_raw", "0", "current", "A", 1e-3},
      {"in_power2_raw", "2", "power", "W", 1e-3},
      {"in_accel_x_raw", "x", "acceleration", "m/s²", 1},
      {"in_accel_linear_y_raw", "linear y", "acceleration", "m/s²", 1},
      {"in_anglvel_z_raw", "z", "angular_velocity", "rad/s", 1},
      {"in_magn_x_raw", "x", "magnetic_field", "µT", 100},
      {"in_illuminance0_input", "0", "illuminance", "lx", 1},
      {"in_intensity0_both_raw", "0 both", "light.intensity", "", 1},
      {"in_concentration_co2_raw", "co2", "concentration", "ppm", 1e4},
      {"in_concentration0_voc_raw", "0 voc", "concentration", "ppm", 1e4},
      {"in_concentration_o2_raw", "o2", "concentration", "%", 1},
      {"in_concentration0_o2_raw", "0 o2", "concentration", "%", 1},
      {"in_concentration0_raw", "0", "concentration", "%", 1},
      {"in_massconcentration_pm2p5_input", "pm2p5", "particles", "µg/m³", 1},
      {"in_rot_from_north_magnetic_raw", "from north magnetic", "rotation", "°", 1},
      {"in_ph_raw", "", "ph", "pH", 1},
      {"in_count0_raw", "0", "count", "", 1},
      {"in_newthing_raw", "", "newthing", "", 1},
  };
  for (const Case& row : cases) {
    const auto channel = parse_iio_file(row.file);
    ASSERT_TRUE(channel) << row.file;
    EXPECT_EQ(channel->which, row.which) << row.file;
    const IioQuantity quantity = iio_quantity(*channel, true);
    EXPECT_EQ(quantity.name, row.name) << row.file;
    EXPECT_EQ(quantity.unit, row.unit) << row.file;
    EXPECT_EQ(quantity.factor, row.factor) << row.file;
  }
}

TEST(IioFile, IsNothingWhenItIsNoPlainValue) {
  for (const char* file :
       {"", "in_", "in__raw", "name", "in_raw", "in_temp_scale", "in_temp_peak_raw", "in_temp_trough_raw",
        "in_X_mean_raw", "in_temp_mean_raw", "in_timestamp_raw", "in_rot_quaternion_raw", "out_voltage0_raw",
        "in_accel_xyz_squared_peak_raw", "in_anglvel_z_quadrature_correction_raw", "in_voltage0-current1_raw",
        "in_voltage0x_raw", "in_accel_x_calibbias"}) {
    EXPECT_FALSE(parse_iio_file(file)) << file;
  }
}

TEST(IioFile, KnowsWhereItsScaleMayStand) {
  using Files = std::vector<std::string>;
  const auto files = [](const char* file) { return iio_parameter_files(*parse_iio_file(file), "scale"); };
  EXPECT_EQ(files("in_accel_x_raw"), (Files{"in_accel_x_scale", "in_accel_scale", "in_scale", "scale"}));
  EXPECT_EQ(files("in_temp_raw"), (Files{"in_temp_scale", "in_scale", "scale"}));
  EXPECT_EQ(files("in_voltage0_raw"), (Files{"in_voltage0_scale", "in_voltage_scale", "in_scale", "scale"}));
  EXPECT_EQ(files("in_voltage0-voltage1_raw"),
            (Files{"in_voltage0-voltage1_scale", "in_voltage-voltage_scale", "in_voltage_scale", "in_scale", "scale"}));
  EXPECT_EQ(files("in_voltage3_supply_raw"),
            (Files{"in_voltage3_supply_scale", "in_voltage3_scale", "in_voltage_supply_scale", "in_voltage_scale",
                   "in_scale", "scale"}));
}

TEST(IioQuantity, OfBareProximityHasNoUnit) {
  const auto channel = parse_iio_file("in_proximity_raw");
  EXPECT_EQ(iio_quantity(*channel, false).unit, "");
  EXPECT_EQ(iio_quantity(*channel, true).unit, "m");
}

TEST(W1, TrustsWhatTheCheckSumSays) {
  using Trust = W1Reading::Trust;
  struct Case {
    const char* text;
    Trust trust;
    double celsius;
  };
  const Case cases[] = {
      {"72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n", Trust::kGood, 23.125},
      {"f0 fe 4b 46 7f ff 10 10 39 : crc=39 YES\nf0 fe 4b 46 7f ff 10 10 39 t=-17000", Trust::kGood, -17},
      {"50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n", Trust::kPowerOn, 85},
      {"72 01 4b 46 7f ff 0e 10 57 : crc=a1 NO\n72 01 4b 46 7f ff 0e 10 57 t=23125\n", Trust::kBad, 0},
      {"00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n", Trust::kBad, 0},  // shorted bus
      {"", Trust::kBad, 0},
      {"crc=57 YES", Trust::kBad, 0},
      {"72 : crc=57 YES\n72 01\n", Trust::kBad, 0},
      {"72 : crc=57 YES\n72 01 t=\n", Trust::kBad, 0},
      {"72 : crc=57 YES\n72 01 t=warm\n", Trust::kBad, 0},
      {"72 : crc=57 YES\n72 01 t=99999999999\n", Trust::kBad, 0},
      {"72 : crc=57 YES\n72 01 t=900000\n", Trust::kBad, 0},  // no thermometer goes there
  };
  for (const Case& row : cases) {
    const W1Reading reading = parse_w1_slave(row.text);
    EXPECT_EQ(reading.trust, row.trust) << row.text;
    EXPECT_DOUBLE_EQ(reading.celsius, row.celsius) << row.text;
  }
}

TEST(W1, ReadsTheBareTemperatureToo) {
  EXPECT_DOUBLE_EQ(parse_w1_temperature("-18562\n").celsius, -18.562);
  EXPECT_EQ(parse_w1_temperature("85000").trust, W1Reading::Trust::kPowerOn);
  for (const char* text : {"", "x", "1.5", "-200000"}) {
    EXPECT_EQ(parse_w1_temperature(text).trust, W1Reading::Trust::kBad) << text;
  }
}

TEST(W1, KnowsThermometersByTheirFamily) {
  for (const char* device : {"10-000802be73fa", "22-0000001", "28-000005e2fdc3", "3b-0c98", "42-1"}) {
    EXPECT_TRUE(is_w1_thermometer(device)) << device;
  }
  for (const char* device : {"", "28", "w1_bus_master1", "01-000000", "128-0"}) {
    EXPECT_FALSE(is_w1_thermometer(device)) << device;
  }
}

TEST(ChipNames, AreToldApartByTheirPlaceOnlyWhenTheyMustBe) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(name_chips({{"/a", "lm75", "1-0048"}, {"/b", "nvme", "nvme0"}, {"/c", "lm75", "1-0049"}}),
            (Names{"lm75 1-0048", "nvme", "lm75 1-0049"}));
  EXPECT_EQ(name_chips({{"/a", "acpi", ""}, {"/b", "acpi", ""}}), (Names{"acpi", "acpi #2"}));
}

}  // namespace
}  // namespace telltale::linux_input
