#include <algorithm>
#include <cmath>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/value_chain.hpp>

namespace telltale::payload {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::variant<Calibration, std::string> Calibration::parse(const std::vector<std::string>& points) {
  if (points.size() < 2) return "a calibration needs two points at least, RAW=VALUE each";
  Calibration made;
  for (const std::string_view point : points) {
    const std::size_t equals = point.find('=');
    double raw = 0;
    double value = 0;
    if (equals == std::string_view::npos ||
        parse_decimal(trimmed(point.substr(0, equals)), raw) != DecimalFault::kNone ||
        parse_decimal(trimmed(point.substr(equals + 1)), value) != DecimalFault::kNone) {
      return "'" + std::string(point) + "' is no point of a calibration, such as 4=0";
    }
    made.points_.emplace_back(raw, value);
  }
  std::sort(made.points_.begin(), made.points_.end());
  const auto twice = std::adjacent_find(made.points_.begin(), made.points_.end(),
                                        [](const auto& one, const auto& other) { return one.first == other.first; });
  if (twice != made.points_.end()) return "two points of the calibration have the same raw value";
  return made;
}

double Calibration::apply(double raw) const noexcept {
  if (points_.size() < 2) return raw;
  auto upper = std::upper_bound(points_.begin(), points_.end(), raw,
                                [](double value, const auto& point) { return value < point.first; });
  upper = std::clamp(upper, points_.begin() + 1, points_.end() - 1);
  const auto& [x0, y0] = *(upper - 1);
  const auto& [x1, y1] = *upper;
  if (raw == x1) return y1;  // exact at the points
  return y0 + (raw - x0) * ((y1 - y0) / (x1 - x0));
}

ValueVerdict apply(const ValueRule& rule, double raw, std::int64_t now, ValueState& state, double& value) noexcept {
  const double shown = rule.calibration.apply(raw) * rule.scale + rule.offset;
  const bool is_outside = (rule.minimum && shown < *rule.minimum) || (rule.maximum && shown > *rule.maximum);
  if (!std::isfinite(shown) || is_outside) {
    state.has_last = false;
    return std::isfinite(shown) ? ValueVerdict::kOutOfRange : ValueVerdict::kNotFinite;
  }
  value = shown;
  const bool is_quiet = rule.deadband > 0 && state.has_last && std::abs(shown - state.last) <= rule.deadband &&
                        (rule.deadband_every == 0 || now - state.published < rule.deadband_every);
  if (is_quiet) return ValueVerdict::kUnchanged;
  state = {shown, now, true};
  return ValueVerdict::kPublish;
}

}  // namespace telltale::payload
