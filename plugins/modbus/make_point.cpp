#include "plugins/modbus/make_point.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace telltale::modbus {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number, int base = 10) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

std::uint16_t address_in(const Options& options, std::string_view key, std::uint16_t first) {
  const std::int64_t address = options.integer(key) - first;
  if (address < 0 || address > 65'535) {
    throw ConfigError(std::string(key) + ": addresses go from " + std::to_string(first) + " to " +
                      std::to_string(65'535 + first));
  }
  return static_cast<std::uint16_t>(address);
}

void read_place(const Options& options, std::uint16_t first, Point& point) {
  constexpr std::array<Table, 4> kTables{Table::kCoil, Table::kDiscrete, Table::kInput, Table::kHolding};
  int given = 0;
  for (const Table table : kTables) {
    if (!options.has(to_word(table))) continue;
    ++given;
    point.table = table;
    point.address = address_in(options, to_word(table), first);
  }
  if (given != 1) throw ConfigError("exactly one of holding, input, coil and discrete says where it is");
  if (options.has("exponent")) point.exponent = address_in(options, "exponent", first);
}

void read_slice(const Options& options, Layout& layout) {
  if (options.has("bit")) {
    if (options.has("bits")) throw ConfigError("bit and bits exclude each other");
    layout.first_bit = static_cast<std::uint8_t>(options.integer("bit"));
    layout.bit_count = 1;
  } else if (options.has("bits")) {
    const std::string_view text = options.text("bits");
    const std::size_t dash = std::min(text.find('-'), text.size());
    unsigned low = 0;
    unsigned high = 0;
    if (dash == text.size() || !read_number(text.substr(0, dash), low) || !read_number(text.substr(dash + 1), high) ||
        high < low || high > 63) {
      throw ConfigError("bits: '" + std::string(text) + "' is not like 4-7");
    }
    layout.first_bit = static_cast<std::uint8_t>(low);
    layout.bit_count = static_cast<std::uint8_t>(high - low + 1);
  } else {
    return;
  }
  const std::size_t size = size_of(layout.type);
  const bool has_bits = size != 0 && layout.type < ValueType::kFloat16;
  if (!has_bits) throw ConfigError("a " + std::string(to_word(layout.type)) + " has no bits to take");
  if (static_cast<std::size_t>(layout.first_bit) + layout.bit_count > size * 8) {
    throw ConfigError("a " + std::string(to_word(layout.type)) + " has bits 0 to " + std::to_string(size * 8 - 1));
  }
}

void read_layout(const Options& options, const PointDefaults& defaults, Point& point) {
  const std::string_view word = options.text("type");
  Layout& layout = point.layout;
  if (word == "auto") {
    layout.type = is_bits(point.table) ? ValueType::kBit : ValueType::kUint16;
  } else {
    layout.type = parse_type(word).value_or(ValueType::kUint16);
  }
  if (is_bits(point.table) != (layout.type == ValueType::kBit)) {
    throw ConfigError(is_bits(point.table) ? "a " + std::string(to_word(point.table)) + " is a bit: leave 'type' out"
                                           : "a register is no bit: use 'bit: N' for one of its bits");
  }
  if (layout.type == ValueType::kString) layout.length = static_cast<std::uint16_t>(options.integer("length"));
  layout.order = defaults.order;
  if (options.has("order")) {
    const auto order = ByteOrder::parse(options.text("order"));
    if (!order) {
      throw ConfigError("order: '" + std::string(options.text("order")) +
                        "' is none of big, little, word_swap, byte_swap, nor letters like CDAB");
    }
    const std::size_t size = std::max<std::size_t>(size_of(layout.type), 2);
    if (!order->fits(size)) {
      throw ConfigError("order: a " + std::string(to_word(layout.type)) + " has " + std::to_string(size) + " bytes");
    }
    layout.order = *order;
  }
  read_slice(options, layout);
  const std::uint16_t count = point.count();
  if (std::uint32_t{point.address} + count > 0x1'0000U) throw ConfigError("it reaches beyond the last address");
}

void read_sentinels(const Options& options, Point& point) {
  for (const std::string& text : options.texts("nan")) {
    if (text == "auto") {
      const auto usual = usual_sentinels(point.layout.type);
      point.sentinels.insert(point.sentinels.end(), usual.begin(), usual.end());
      continue;
    }
    std::uint64_t bits = 0;
    std::int64_t negative = 0;
    const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    if (is_hex ? read_number(std::string_view(text).substr(2), bits, 16) : read_number(text, bits)) {
      point.sentinels.push_back(bits);
    } else if (read_number(text, negative)) {  // -32768: its pattern in the value's size
      const std::size_t size = size_of(point.layout.type);
      bits = static_cast<std::uint64_t>(negative);
      if (size != 0 && size < 8) bits &= (std::uint64_t{1} << (size * 8)) - 1;
      point.sentinels.push_back(bits);
    } else {
      throw ConfigError("nan: '" + text + "' is not a number like 0x8000 or 65535, nor auto");
    }
  }
}

void read_states(const Options& options, Point& point) {
  std::int64_t next = 0;
  for (const std::string& text : options.texts("states")) {
    const std::size_t equals = text.find('=');
    std::string name = text;
    if (equals != std::string::npos && read_number(std::string_view(text).substr(0, equals), next)) {
      name = text.substr(equals + 1);
    }
    if (next < -32'768 || next > 32'767) throw ConfigError("states: numbers go from -32768 to 32767");
    if (name.empty()) throw ConfigError("states: a name is missing");
    for (const auto& [value, known] : point.states) {
      if (value == next || known == name) throw ConfigError("states: '" + text + "' is there twice");
    }
    point.states.emplace_back(next++, name);
  }
  if (point.states.size() > 64) throw ConfigError("states: at most 64");
}

void read_kind(const Options& options, Point& point) {
  const std::string_view word = options.text("kind");
  const bool is_text = point.layout.type == ValueType::kString;
  const bool is_bit = point.layout.type == ValueType::kBit || point.layout.bit_count == 1;
  read_states(options, point);
  if (word == "auto") {
    point.kind = is_text || is_bit || !point.states.empty() ? TELLTALE_KIND_STATE : TELLTALE_KIND_GAUGE;
  } else {
    point.kind = word == "gauge"     ? TELLTALE_KIND_GAUGE
                 : word == "counter" ? TELLTALE_KIND_COUNTER
                 : word == "state"   ? TELLTALE_KIND_STATE
                                     : TELLTALE_KIND_EVENT;
  }
  const bool holds_text = point.kind == TELLTALE_KIND_EVENT || point.kind == TELLTALE_KIND_STATE;
  if (is_text && !holds_text) throw ConfigError("a string is a state or an event");
  if (!is_text && point.kind == TELLTALE_KIND_EVENT) throw ConfigError("only a string can be an event");
  if (point.kind != TELLTALE_KIND_STATE && !point.states.empty()) throw ConfigError("only a state has 'states'");
  if (point.kind == TELLTALE_KIND_STATE && !is_text && point.states.empty()) {
    if (!is_bit) throw ConfigError("a state needs 'states', the names of its values");
    point.states = {{0, "off"}, {1, "on"}};
  }
}

void read_output(const Options& options, Point& point) {
  point.writable = options.flag("write");
  point.writes_many = options.flag("write_multiple");
  if (!point.writable) return;
  if (point.table == Table::kInput || point.table == Table::kDiscrete) {
    throw ConfigError("write: only holding registers and coils can be set");
  }
  const bool is_coil = point.table == Table::kCoil;
  if (!is_coil && (!encode(point.layout, 1) || point.exponent)) {
    throw ConfigError("write: a " + std::string(to_word(point.layout.type)) +
                      (point.exponent                ? " with an exponent"
                       : point.layout.bit_count != 0 ? " of which bits are taken"
                                                     : "") +
                      " cannot be set");
  }
}

}  // namespace

Point make_point(const Options& options, const PointDefaults& defaults) {
  Point point;
  point.name = options.text("name");
  try {
    if (options.has("unit")) point.unit = options.text("unit");
    if (options.has("title")) point.title = options.text("title");
    read_place(options, defaults.first_address, point);
    read_layout(options, defaults, point);
    read_sentinels(options, point);
    read_kind(options, point);
    const double scale = options.number("scale");
    if (scale == 0 || !std::isfinite(scale)) throw ConfigError("scale: it must not be 0");
    point.linear = Linear(scale, options.number("offset"));
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (options.has("minimum") || options.has("maximum")) {
      point.range = {options.has("minimum") ? options.number("minimum") : -kInfinity,
                     options.has("maximum") ? options.number("maximum") : kInfinity};
    }
    if (options.has("decimals")) point.decimals = static_cast<int>(options.integer("decimals"));
    point.every = options.has("every") ? options.duration("every") : defaults.every;
    const std::string_view priority = options.text("priority");
    point.priority = priority == "high" ? Priority::kHigh : priority == "low" ? Priority::kLow : Priority::kNormal;
    read_output(options, point);
  } catch (const ConfigError& error) {
    throw ConfigError("point '" + point.name + "': " + error.what());
  }
  return point;
}

}  // namespace telltale::modbus
