#include "daemon/rules/physics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace telltale::rules {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kZeroCelsius = 273.15;

// hPa of water vapour.
double vapour_pressure(double celsius, double humidity) {
  return humidity / 100 * 6.1094 * std::exp(17.625 * celsius / (celsius + 243.04));
}

bool plausible(double celsius, double humidity) {
  return celsius > -100 && celsius < 200 && humidity >= 0 && humidity <= 110;
}

double fahrenheit(double celsius) { return celsius * 9 / 5 + 32; }

}  // namespace

double dew_point(double celsius, double humidity) {
  if (!plausible(celsius, humidity) || humidity <= 0) return kNone;
  const double gamma = std::log(humidity / 100) + 17.625 * celsius / (celsius + 243.04);
  return 243.04 * gamma / (17.625 - gamma);
}

double absolute_humidity(double celsius, double humidity) {
  if (!plausible(celsius, humidity)) return kNone;
  return vapour_pressure(celsius, humidity) * 100 / (461.5 * (celsius + kZeroCelsius)) * 1000;
}

double heat_index(double celsius, double humidity) {
  if (!plausible(celsius, humidity)) return kNone;
  const double t = fahrenheit(celsius);
  const double r = std::min(humidity, 100.0);
  double index = 0.5 * (t + 61.0 + (t - 68.0) * 1.2 + r * 0.094);
  if ((index + t) / 2 >= 80) {
    index = -42.379 + 2.04901523 * t + 10.14333127 * r - 0.22475541 * t * r - 0.00683783 * t * t - 0.05481717 * r * r +
            0.00122874 * t * t * r + 0.00085282 * t * r * r - 0.00000199 * t * t * r * r;
    if (r < 13 && t >= 80 && t <= 112) index -= (13 - r) / 4 * std::sqrt((17 - std::abs(t - 95)) / 17);
    if (r > 85 && t >= 80 && t <= 87) index += (r - 85) / 10 * (87 - t) / 5;
  } else {
    index = (index + t) / 2;
  }
  return (index - 32) * 5 / 9;
}

double platinum(double resistance, double nominal) {
  constexpr double kA = 3.9083e-3;
  constexpr double kB = -5.775e-7;
  constexpr double kC = -4.183e-12;
  const double ratio = resistance / nominal;
  if (!(ratio > 0.1852 - 1e-4 && ratio < 3.9048 + 1e-3)) return kNone;
  // From 0 °C up it is a quadratic equation, which is also a good beginning below.
  double t = (-kA + std::sqrt(kA * kA - 4 * kB * (1 - ratio))) / (2 * kB);
  if (ratio >= 1) return t;
  for (int step = 0; step < 8; ++step) {
    const double error = 1 + kA * t + kB * t * t + kC * (t - 100) * t * t * t - ratio;
    t -= error / (kA + 2 * kB * t + kC * (4 * t * t * t - 300 * t * t));
  }
  return t;
}

double ntc(double resistance, double a, double b, double c) {
  if (!(resistance > 0)) return kNone;
  const double log = std::log(resistance);
  const double inverse = a + b * log + c * log * log * log;
  return inverse > 0 ? 1 / inverse - kZeroCelsius : kNone;
}

double ntc_beta(double resistance, double nominal, double beta, double at) {
  if (!(resistance > 0) || !(nominal > 0) || !(beta > 0)) return kNone;
  const double inverse = 1 / (at + kZeroCelsius) + std::log(resistance / nominal) / beta;
  return inverse > 0 ? 1 / inverse - kZeroCelsius : kNone;
}

double current_loop(double milliamperes, double at_4, double at_20) {
  if (!(milliamperes >= 3.6 && milliamperes <= 21)) return kNone;
  return at_4 + (milliamperes - 4) / 16 * (at_20 - at_4);
}

double interpolate(double x, std::span<const double> pairs) {
  const std::size_t count = pairs.size() / 2;
  if (count == 0 || std::isnan(x)) return kNone;
  if (x <= pairs[0]) return pairs[1];
  for (std::size_t i = 1; i < count; ++i) {
    const double left = pairs[2 * i - 2];
    const double right = pairs[2 * i];
    if (!(right > left)) return kNone;
    if (x <= right) {
      return pairs[2 * i - 1] + (x - left) / (right - left) * (pairs[2 * i + 1] - pairs[2 * i - 1]);
    }
  }
  return pairs[2 * count - 1];
}

}  // namespace telltale::rules
