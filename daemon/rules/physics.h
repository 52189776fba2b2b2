// What expressions can compute beyond arithmetic. Pure; each says its source. NaN where there is no answer.
#pragma once

#include <span>

namespace telltale::rules {

// Of °C and % relative humidity: °C. Magnus' formula with the coefficients of Alduchov and Eskridge (1996), over water.
[[nodiscard]] double dew_point(double celsius, double humidity);
// g of water in a m³ of air, from the same vapour pressure and the gas law of water vapour (461.5 J/(kg K)).
[[nodiscard]] double absolute_humidity(double celsius, double humidity);
// °C as it feels: the US National Weather Service's regression (Rothfusz, SR 90-23) with its adjustments; below 80 °F
// Steadman's simple form.
[[nodiscard]] double heat_index(double celsius, double humidity);

// °C of a platinum resistor of `nominal` Ω at 0 °C, IEC 60751, -200 to 850 °C.
[[nodiscard]] double platinum(double resistance, double nominal);
// °C of an NTC by Steinhart and Hart: 1/T = A + B ln R + C (ln R)³.
[[nodiscard]] double ntc(double resistance, double a, double b, double c);
// The same with one parameter: R25 Ω at `at` °C (25), B in K.
[[nodiscard]] double ntc_beta(double resistance, double nominal, double beta, double at);
// A 4-20 mA loop between two values. Below 3.6 mA and above 21 mA it says that the sensor is broken (NAMUR NE 43).
[[nodiscard]] double current_loop(double milliamperes, double at_4, double at_20);
// Between pairs x, y by straight lines, x ascending; beyond the ends the end's value.
[[nodiscard]] double interpolate(double x, std::span<const double> pairs);

}  // namespace telltale::rules
