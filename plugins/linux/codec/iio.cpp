#include "plugins/linux/codec/iio.h"

#include <algorithm>
#include <array>

namespace telltale::linux_input {
namespace {

struct Type {
  std::string_view type;
  Quantity quantity;
};
// The kernel's units on the right, where they are not ours.
constexpr std::array<Type, 31> kTypes{{
    {"voltage", {"voltage", "V", "voltage", 1e-3, 3}},           // mV
    {"altvoltage", {"voltage.ac", "V", "AC voltage", 1e-3, 3}},  // mV
    {"current", {"current", "A", "current", 1e-3, 3}},           // mA
    {"power", {"power", "W", "power", 1e-3, 2}},                 // mW
    {"energy", {"energy", "J", "energy", 1, 0}},
    {"resistance", {"resistance", "Ω", "resistance", 1, 1}},
    {"capacitance", {"capacitance", "nF", "capacitance", 1, 3}},
    {"temp", {"temperature", "°C", "temperature", 1e-3, 1}},       // m°C
    {"humidityrelative", {"humidity", "%", "humidity", 1e-3, 1}},  // m%
    {"pressure", {"pressure", "hPa", "pressure", 10, 1}},          // kPa
    {"illuminance", {"illuminance", "lx", "light", 1, 1}},
    {"intensity", {"light.intensity", "", "light intensity", 1, 0}},
    {"uvindex", {"uv.index", "", "UV index", 1, 1}},
    {"colortemp", {"light.color_temperature", "K", "color temperature", 1, 0}},
    {"proximity", {"proximity", "m", "proximity", 1, 3}},
    {"distance", {"distance", "m", "distance", 1, 3}},
    {"velocity", {"velocity", "m/s", "velocity", 1, 2}},
    {"accel", {"acceleration", "m/s²", "acceleration", 1, 2}},
    {"gravity", {"gravity", "m/s²", "gravity", 1, 2}},
    {"anglvel", {"angular_velocity", "rad/s", "angular velocity", 1, 3}},
    {"magn", {"magnetic_field", "µT", "magnetic field", 100, 1}},  // gauss
    {"angl", {"angle", "rad", "angle", 1, 3}},
    {"incli", {"inclination", "°", "inclination", 1, 1}},
    {"rot", {"rotation", "°", "rotation", 1, 1}},
    {"phase", {"phase", "rad", "phase", 1, 3}},
    {"ph", {"ph", "pH", "pH", 1, 2}},
    {"electricalconductivity", {"conductivity", "S/m", "conductivity", 1, 4}},
    {"massconcentration", {"particles", "µg/m³", "particles", 1, 1}},
    {"concentration", {"concentration", "%", "concentration", 1, 2}},
    {"activity", {"activity", "%", "activity", 1, 0}},
    {"steps", {"steps", "", "steps", 1, 0}},
}};

// Gases are told in parts per million, as their limits are; the kernel gives percents.
constexpr double kPercentToPpm = 1e4;

// Last words of values that are no plain reading of a channel.
constexpr std::array<std::string_view, 6> kDerived{"_mean",       "_peak",       "_trough",
                                                   "_correction", "_quaternion", "_squared"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Digits off the front.
std::string_view take_digits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

// `0`, `0-1`, `x`, `0 supply` out of `0`, `0-voltage1`, `_x`, `0_supply`; nothing when it is none of them.
std::optional<std::string> which_of(std::string_view rest, std::string_view type) {
  std::string which(take_digits(rest));
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    if (!rest.starts_with(type)) return std::nullopt;
    rest.remove_prefix(type.size());
    which += '-';
    which += take_digits(rest);
  }
  if (rest.empty()) return which;
  if (!rest.starts_with('_')) return std::nullopt;
  rest.remove_prefix(1);
  if (!which.empty()) which += ' ';
  for (const char c : rest) which += c == '_' ? ' ' : c;
  return which;
}

// `co2`, `0 voc`; not `0`, and not oxygen, which is told in percents.
bool names_a_gas(std::string_view which) {
  const std::string_view last = which.substr(which.rfind(' ') + 1);
  return !last.empty() && is_lower(last.front()) && last != "o2";
}

const Type* find_type(std::string_view type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& known) { return known.type == type; });
  return found == kTypes.end() ? nullptr : found;
}

}  // namespace

std::optional<IioChannel> parse_iio_file(std::string_view file) {
  IioChannel channel;
  std::string_view prefix;
  if (file.ends_with("_raw")) prefix = file.substr(0, file.size() - 4);
  if (file.ends_with("_input")) {
    prefix = file.substr(0, file.size() - 6);
    channel.processed = true;
  }
  if (!prefix.starts_with("in_")) return std::nullopt;
  if (std::any_of(kDerived.begin(), kDerived.end(), [&](std::string_view end) { return prefix.ends_with(end); })) {
    return std::nullopt;
  }
  std::string_view rest = prefix.substr(3);
  std::size_t size = 0;
  while (size < rest.size() && is_lower(rest[size])) ++size;
  channel.prefix = prefix;
  channel.type = rest.substr(0, size);
  if (channel.type.empty() || channel.type == "timestamp") return std::nullopt;
  auto which = which_of(rest.substr(size), channel.type);
  if (!which) return std::nullopt;
  channel.which = std::move(*which);
  return channel;
}

std::vector<std::string> iio_parameter_files(const IioChannel& channel, std::string_view what) {
  const std::string type = "in_" + channel.type;
  std::string_view rest = std::string_view(channel.prefix).substr(type.size());
  std::vector<std::string> prefixes{channel.prefix};
  take_digits(rest);
  const std::string_view modifier = rest.substr(std::min(rest.find('_'), rest.size()));
  if (rest.starts_with('-')) prefixes.push_back(type + "-" + channel.type);
  if (!modifier.empty()) {
    prefixes.push_back(channel.prefix.substr(0, channel.prefix.size() - modifier.size()));
    prefixes.push_back(type + std::string(modifier));
  }
  prefixes.push_back(type);
  prefixes.emplace_back("in");
  std::vector<std::string> files;
  for (const std::string& prefix : prefixes) {
    std::string file = prefix + "_" + std::string(what);
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(std::move(file));
  }
  files.emplace_back(what);
  return files;
}

IioQuantity iio_quantity(const IioChannel& channel, bool scaled) {
  const Type* known = find_type(channel.type);
  if (known == nullptr) return {.name = channel.type, .unit = "", .word = channel.type};
  const Quantity& q = known->quantity;
  IioQuantity result{std::string(q.name), std::string(q.unit), std::string(q.word), q.factor, q.decimals};
  if (channel.type == "concentration" && names_a_gas(channel.which)) {
    result.unit = "ppm";
    result.factor = kPercentToPpm;
    result.decimals = 0;
  }
  if (channel.type == "proximity" && !scaled) {  // a bare reflection: no distance
    result.unit.clear();
    result.decimals = 0;
  }
  return result;
}

}  // namespace telltale::linux_input
