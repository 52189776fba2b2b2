#include "plugins/modbus/probe/probe_words.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <telltale/cpp/host.hpp>

namespace telltale::modbus {
namespace {

constexpr unsigned kLastUnit = 255;

bool read_number(std::string_view text, unsigned& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

}  // namespace

std::vector<unsigned> parse_units(std::string_view text) {
  std::vector<unsigned> units;
  for (const std::string_view word : words_of(text)) {
    const std::size_t dash = word.find('-');
    unsigned first = 0;
    unsigned last = 0;
    const bool is_good = read_number(word.substr(0, dash), first) &&
                         (dash == std::string_view::npos || read_number(word.substr(dash + 1), last));
    if (dash == std::string_view::npos) last = first;
    if (!is_good || first > last || last > kLastUnit) {
      throw ConfigError("units: '" + std::string(word) + "' is not like 3 or 1-247");
    }
    for (unsigned unit = first; unit <= last; ++unit) {
      if (std::find(units.begin(), units.end(), unit) == units.end()) units.push_back(unit);
    }
  }
  if (units.empty()) throw ConfigError("units: none is given");
  return units;
}

std::vector<int> parse_bauds(std::string_view text) {
  std::vector<int> bauds;
  for (const std::string_view word : words_of(text)) {
    unsigned baud = 0;
    if (!read_number(word, baud) || baud < 110 || baud > 4'000'000) {
      throw ConfigError("bauds: '" + std::string(word) + "' is no speed of a line");
    }
    bauds.push_back(static_cast<int>(baud));
  }
  if (bauds.empty()) throw ConfigError("bauds: none is given");
  return bauds;
}

std::vector<char> parse_parities(std::string_view text) {
  std::vector<char> parities;
  for (const std::string_view word : words_of(text)) parities.push_back(parse_parity(word));
  if (parities.empty()) throw ConfigError("parities: none is given");
  return parities;
}

Table parse_table(std::string_view word) {
  for (const Table table : {Table::kCoil, Table::kDiscrete, Table::kInput}) {
    if (to_word(table) == word) return table;
  }
  return Table::kHolding;
}

std::string_view parity_word(char parity) { return parity == 'E' ? "even" : parity == 'O' ? "odd" : "none"; }

std::string url_with(std::string_view url, const Address& address, int baud, char parity) {
  if (address.kind != Address::Kind::kRtu) return std::string(url);
  std::string made = "rtu://" + address.serial.port + "?baud=" + std::to_string(baud);
  if (parity != 'N') made += "&parity=" + std::string(parity_word(parity));
  if (address.serial.stop_bits != 1) made += "&stop_bits=" + std::to_string(address.serial.stop_bits);
  return made;
}

std::string bits_text(std::uint16_t first, std::span<const std::uint16_t> bits) {
  std::string text;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (i % 16 == 0) text += (i == 0 ? "" : "\n") + std::to_string(first + i) + ": ";
    text += bits[i] != 0 ? '1' : '0';
  }
  return text + "\n";
}

std::string yaml_bits(Table table, std::uint16_t first, std::size_t count) {
  std::string yaml;
  const std::string word(to_word(table));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string address = std::to_string(first + i);
    yaml += "      - {name: " + word + address + ", " + word + ": " + address + "}\n";
  }
  return yaml;
}

}  // namespace telltale::modbus
