#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <telltale/payload/checksum.hpp>
#include <telltale/payload/decimal.hpp>
#include <telltale/payload/nmea_payload.hpp>
#include <telltale/payload/time_format.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::payload {
namespace {

constexpr std::size_t kMaxSentenceBytes = 1'024;
constexpr std::size_t kMaxFields = 128;

enum class Form : std::uint8_t {
  kNumber,
  kLatitude,   // ddmm.mmmm, and N or S in the next field
  kLongitude,  // dddmm.mmmm, and E or W
  kSigned,     // E or W, L or R in the next field: W and L are negative
};

struct Named {
  std::string_view sentence;
  std::size_t number;
  std::string_view name;
  Form form;
  std::string_view unit;
};

constexpr std::array kNamed = std::to_array<Named>({
    {"RMC", 3, "latitude", Form::kLatitude, "°"},
    {"RMC", 5, "longitude", Form::kLongitude, "°"},
    {"RMC", 7, "speed", Form::kNumber, "kn"},
    {"RMC", 8, "course", Form::kNumber, "°"},
    {"RMC", 10, "variation", Form::kSigned, "°"},
    {"GGA", 2, "latitude", Form::kLatitude, "°"},
    {"GGA", 4, "longitude", Form::kLongitude, "°"},
    {"GGA", 6, "fix", Form::kNumber, ""},
    {"GGA", 7, "satellites", Form::kNumber, ""},
    {"GGA", 8, "hdop", Form::kNumber, ""},
    {"GGA", 9, "altitude", Form::kNumber, "m"},
    {"GGA", 11, "geoid", Form::kNumber, "m"},
    {"GLL", 1, "latitude", Form::kLatitude, "°"},
    {"GLL", 3, "longitude", Form::kLongitude, "°"},
    {"GNS", 2, "latitude", Form::kLatitude, "°"},
    {"GNS", 4, "longitude", Form::kLongitude, "°"},
    {"GNS", 7, "satellites", Form::kNumber, ""},
    {"GNS", 8, "hdop", Form::kNumber, ""},
    {"GNS", 9, "altitude", Form::kNumber, "m"},
    {"VTG", 1, "course", Form::kNumber, "°"},
    {"VTG", 3, "course_magnetic", Form::kNumber, "°"},
    {"VTG", 5, "speed", Form::kNumber, "kn"},
    {"VTG", 7, "speed_kmh", Form::kNumber, "km/h"},
    {"GSA", 2, "mode", Form::kNumber, ""},
    {"GSA", 15, "pdop", Form::kNumber, ""},
    {"GSA", 16, "hdop", Form::kNumber, ""},
    {"GSA", 17, "vdop", Form::kNumber, ""},
    {"GSV", 3, "satellites", Form::kNumber, ""},
    {"HDT", 1, "heading", Form::kNumber, "°"},
    {"HDM", 1, "heading", Form::kNumber, "°"},
    {"HDG", 1, "heading", Form::kNumber, "°"},
    {"HDG", 2, "deviation", Form::kSigned, "°"},
    {"HDG", 4, "variation", Form::kSigned, "°"},
    {"VHW", 1, "heading", Form::kNumber, "°"},
    {"VHW", 3, "heading_magnetic", Form::kNumber, "°"},
    {"VHW", 5, "speed", Form::kNumber, "kn"},
    {"VHW", 7, "speed_kmh", Form::kNumber, "km/h"},
    {"VLW", 1, "distance", Form::kNumber, "nmi"},
    {"VLW", 3, "trip", Form::kNumber, "nmi"},
    {"DBT", 3, "depth", Form::kNumber, "m"},
    {"DBK", 3, "depth", Form::kNumber, "m"},
    {"DBS", 3, "depth", Form::kNumber, "m"},
    {"DPT", 1, "depth", Form::kNumber, "m"},
    {"DPT", 2, "offset", Form::kNumber, "m"},
    {"MTW", 1, "temperature", Form::kNumber, "°C"},
    {"MWD", 1, "direction", Form::kNumber, "°"},
    {"MWD", 3, "direction_magnetic", Form::kNumber, "°"},
    {"MWD", 5, "speed", Form::kNumber, "kn"},
    {"MWD", 7, "speed_ms", Form::kNumber, "m/s"},
    {"VWR", 1, "angle", Form::kSigned, "°"},
    {"VWR", 3, "speed", Form::kNumber, "kn"},
    {"VWR", 5, "speed_ms", Form::kNumber, "m/s"},
    {"ROT", 1, "rate", Form::kNumber, "°/min"},
    {"RSA", 1, "rudder", Form::kNumber, "°"},
    {"MDA", 3, "pressure", Form::kNumber, "bar"},
    {"MDA", 5, "air_temperature", Form::kNumber, "°C"},
    {"MDA", 7, "water_temperature", Form::kNumber, "°C"},
    {"MDA", 9, "humidity", Form::kNumber, "%"},
    {"MDA", 11, "dew_point", Form::kNumber, "°C"},
    {"MDA", 13, "wind_direction", Form::kNumber, "°"},
    {"MDA", 19, "wind_speed", Form::kNumber, "m/s"},
});

// Sentences that are read by hand, or say only the time.
constexpr std::array<std::string_view, 3> kOthers{"MWV", "XDR", "ZDA"};

bool is_known(std::string_view type) {
  return std::find(kOthers.begin(), kOthers.end(), type) != kOthers.end() ||
         std::any_of(kNamed.begin(), kNamed.end(), [&](const Named& named) { return named.sentence == type; });
}

// ddmm.mmmm as degrees.
std::optional<double> angle_of(std::string_view text, std::string_view hemisphere, double most) {
  double value = 0;
  if (parse_decimal(text, value) != DecimalFault::kNone || value < 0) return std::nullopt;
  const double degrees = std::floor(value / 100);
  const double minutes = value - degrees * 100;
  const double angle = degrees + minutes / 60;
  if (minutes >= 60 || angle > most) return std::nullopt;
  if (hemisphere == "S" || hemisphere == "W") return -angle;
  return hemisphere == "N" || hemisphere == "E" ? std::optional<double>(angle) : std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Whether the device says that what it sends is not valid.
bool is_void(std::string_view type, const auto& field) {
  if (type == "RMC") return field(2) == "V";
  if (type == "GLL") return field(6) == "V";
  if (type == "GGA") return field(6) == "0";
  if (type == "MWV") return field(5) == "V";
  return type == "GNS" && !field(6).empty() && field(6).find_first_not_of('N') == std::string_view::npos;
}

std::string_view transducer_unit(std::string_view letter) {
  if (letter == "C") return "°C";
  if (letter == "D") return "°";
  if (letter == "P") return "%";
  if (letter == "B") return "bar";
  if (letter == "H") return "Hz";
  return letter;  // V, A, M and N stand for different things
}

}  // namespace

std::string_view NmeaDecoder::field(std::size_t number) const {
  return number < fields_.size() ? fields_[number] : std::string_view{};
}

bool NmeaDecoder::is_wanted(std::string_view address, std::string_view type) const {
  return options_.sentences.empty() ||
         std::any_of(options_.sentences.begin(), options_.sentences.end(),
                     [&](const std::string& wanted) { return wanted == type || wanted == address; });
}

void NmeaDecoder::add(std::string_view type, std::string_view field, const Item& item) {
  if (items_.size() == kMaxItems) return;
  if (names_used_ == names_.size()) names_.emplace_back();
  std::string& name = names_[names_used_++];
  name.assign(type).append(1, '.').append(field);
  items_.push_back(item);
  items_.back().name = name;
}

void NmeaDecoder::add_named(std::string_view type) {
  const bool is_not_valid = is_void(type, [this](std::size_t number) { return field(number); });
  for (const Named& named : kNamed) {
    if (named.sentence != type) continue;
    const std::string_view text = field(named.number);
    const std::string_view side = field(named.number + 1);
    Item item;
    item.unit = named.unit;
    item.type = ItemType::kNull;
    std::optional<double> number;
    double plain = 0;
    switch (named.form) {
      case Form::kLatitude:
        number = angle_of(text, side, 90);
        break;
      case Form::kLongitude:
        number = angle_of(text, side, 180);
        break;
      default:
        if (parse_decimal(text, plain) == DecimalFault::kNone) number = plain;
        if (number && named.form == Form::kSigned && (side == "W" || side == "L")) number = -*number;
    }
    const bool says_it = named.name == "fix" || named.name == "satellites";  // true without a fix as well
    if (is_not_valid && !says_it) number.reset();
    if (text.empty() && !is_not_valid) continue;
    if (number) {
      item.type = ItemType::kNumber;
      item.number = *number;
    }
    add(type, named.name, item);
  }
}

void NmeaDecoder::add_transducers(std::string_view type) {
  if (type == "MWV") {
    const bool is_true = field(2) == "T";
    const bool is_valid = field(5) != "V";
    const std::string_view letter = field(4);
    const std::string_view unit = letter == "N" ? "kn" : letter == "K" ? "km/h" : letter == "M" ? "m/s" : "";
    const auto take = [&](std::size_t number, std::string_view name, std::string_view its_unit) {
      Item item;
      item.unit = its_unit;
      const bool is_number = parse_decimal(field(number), item.number) == DecimalFault::kNone;
      if (!is_number || !is_valid) item.type = ItemType::kNull;
      add(type, name, item);
    };
    take(1, is_true ? "true_angle" : "relative_angle", "°");
    take(3, is_true ? "true_speed" : "relative_speed", unit);
    return;
  }
  for (std::size_t i = 1; i + 3 < fields_.size(); i += 4) {  // type, value, unit, name
    Item item;
    if (parse_decimal(field(i + 1), item.number) != DecimalFault::kNone) item.type = ItemType::kNull;
    item.unit = transducer_unit(field(i + 2));
    add(type, field(i + 3).empty() ? field(i) : field(i + 3), item);
  }
}

void NmeaDecoder::add_numbered(std::string_view type) {
  for (std::size_t i = 1; i < fields_.size(); ++i) {
    if (fields_[i].empty()) continue;
    add(type, std::to_string(i), item_of({}, fields_[i]));
  }
}

std::optional<std::int64_t> NmeaDecoder::time_of(std::string_view type) const {
  std::string text;
  if (type == "RMC" && field(2) == "A") {
    text.append(field(9)).append(" ").append(field(1));
    return parse_time(text, "%d%m%y %H%M%S%f", 0);
  }
  if (type != "ZDA") return std::nullopt;
  text.append(field(2)).append(" ").append(field(3)).append(" ").append(field(4)).append(" ").append(field(1));
  return parse_time(text, "%d %m %Y %H%M%S%f", 0);
}

void NmeaDecoder::sentence(std::string_view line, Receiver& receiver) {
  if (line.starts_with('\\')) {  // a tag block before the sentence
    const std::size_t end = line.find('\\', 1);
    line.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
  }
  if (line.size() > kMaxSentenceBytes || line.size() < 6 || (line.front() != '$' && line.front() != '!')) {
    return receiver.refused("not_nmea", {});
  }
  std::string_view body = line.substr(1);
  const std::size_t star = body.rfind('*');
  if (star == std::string_view::npos) {
    if (options_.checksum_required) return receiver.refused("no_checksum", {});
  } else {
    const std::string_view digits = body.substr(star + 1);
    body = body.substr(0, star);
    if (digits.size() != 2 || hex_digit(digits[0]) < 0 || hex_digit(digits[1]) < 0) {
      return receiver.refused("no_checksum", {});
    }
    const auto said = static_cast<std::uint32_t>(hex_digit(digits[0]) * 16 + hex_digit(digits[1]));
    if (checksum_of(Checksum::kXor, body) != said) return receiver.refused("wrong_checksum", {});
  }
  if (!is_utf8(body)) return receiver.refused("not_nmea", {});
  fields_.clear();
  for (std::string_view rest = body; fields_.size() < kMaxFields;) {
    const std::size_t comma = rest.find(',');
    fields_.push_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  const std::string_view address = fields_.front();
  const bool is_clean = std::all_of(address.begin(), address.end(),
                                    [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  if (address.size() < 3 || address.size() > 16 || !is_clean) return receiver.refused("not_nmea", {});
  const bool is_proprietary = address.front() == 'P';
  const std::string_view type = is_proprietary ? address : address.substr(address.size() - 3);
  if (!is_wanted(address, type)) return;
  items_.clear();
  names_used_ = 0;
  const bool known = is_known(type);
  if (options_.names != NmeaNames::kNumbered && known) {
    add_named(type);
    if (type == "MWV" || type == "XDR") add_transducers(type);
  }
  if (options_.names != NmeaNames::kNamed || !known) add_numbered(type);
  const std::array<LineTag, 2> variables{
      {{"talker", is_proprietary ? std::string_view("P") : address.substr(0, address.size() - 3)}, {"sentence", type}}};
  Record record{items_};
  record.variables = variables;
  if (options_.use_time) record.time_ns = time_of(type);
  receiver.record(record);
}

void NmeaDecoder::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  bool is_empty = true;
  while (!payload.empty()) {
    const std::size_t end = std::min(payload.find_first_of("\r\n"), payload.size());
    std::string_view line = payload.substr(0, end);
    payload.remove_prefix(std::min(end + 1, payload.size()));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    if (line.empty()) continue;
    is_empty = false;
    sentence(line, receiver);
  }
  if (is_empty) receiver.refused("empty", {});
}

}  // namespace telltale::payload
