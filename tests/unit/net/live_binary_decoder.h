// Reads messages of telltale.binary.v1 as docs/live-protocol.md says, and nothing else, into the objects of the JSON
// form: whoever reads both must find the same. Strict: what does not fit the page is an error.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace telltale::test {

namespace json = boost::json;

// One after the other, from the front.
class BinaryCursor {
 public:
  explicit BinaryCursor(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(bytes(1)[0]); }
  std::string_view bytes(std::uint64_t count) {
    if (count > rest_.size()) throw std::runtime_error("the message is cut off");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint64_t count() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7fU) << shift;
      if (next < 0x80) return value;
    }
    throw std::runtime_error("a number is too long");
  }
  std::int64_t integer() {
    const std::uint64_t value = count();
    return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
  }
  std::string text() { return std::string(bytes(count())); }
  double number() {
    std::uint64_t bits = 0;
    const std::string_view raw = bytes(8);
    for (unsigned i = 0; i < 8; ++i) bits |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(raw[i])) << (8 * i);
    return std::bit_cast<double>(bits);
  }

 private:
  std::string_view rest_;
};

struct BinaryRow {
  std::uint64_t ref = 0;
  std::int64_t time = 0;
  unsigned quality = 0;
  bool is_text = false;
  double value = 0;
  std::string text;
};

// What follows the seq of a `data` message.
inline std::vector<BinaryRow> read_rows(BinaryCursor& in) {
  const std::uint64_t count = in.count();
  const bool marked = (in.byte() & 1U) != 0;
  std::vector<BinaryRow> rows;
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < count; ++i) {  // a count that is not true ends at the message's end
    rows.emplace_back().ref = last += static_cast<std::uint64_t>(in.integer());
  }
  last = 0;
  for (BinaryRow& row : rows) {
    last += static_cast<std::uint64_t>(in.integer());
    row.time = static_cast<std::int64_t>(last);
  }
  for (BinaryRow& row : rows) {
    const unsigned mark = marked ? in.byte() : 0U;
    row.quality = mark & 3U;
    row.is_text = (mark & 4U) != 0;
  }
  for (BinaryRow& row : rows) {
    if (!row.is_text) row.value = in.number();
  }
  for (BinaryRow& row : rows) {
    if (row.is_text) row.text = in.text();
  }
  return rows;
}

// One connection's worth: it remembers the states that `series` messages tell.
class BinaryDecoder {
 public:
  json::object decode(std::string_view message) {
    BinaryCursor in(message);
    json::object out;
    switch (in.byte()) {
      case 1:
        out["op"] = "hello";
        out["version"] = in.text();
        out["boot"] = in.text();
        out["time"] = in.integer();
        break;
      case 2:
        series(in, out);
        break;
      case 3:
        data(in, out);
        break;
      case 4:
        begin("gap", in, out);
        out["from"] = in.integer();
        out["to"] = in.integer();
        break;
      case 5:
        begin("error", in, out);
        out["code"] = in.text();
        out["message"] = in.text();
        break;
      default:
        throw std::runtime_error("an op that the page does not have");
    }
    if (!in.at_end()) throw std::runtime_error("bytes behind the end");
    return out;
  }

 private:
  struct Known {
    bool state = false;
    std::map<double, std::string> names;
  };
  using Subscription = std::map<std::uint64_t, Known>;

  static std::string begin(std::string_view op, BinaryCursor& in, json::object& out) {
    out["op"] = op;
    std::string id = in.text();
    out["id"] = id;
    return id;
  }

  void series(BinaryCursor& in, json::object& out) {
    Subscription& known = known_[begin("series", in, out)];
    json::array items;
    for (std::uint64_t left = in.count(); left > 0; --left) {
      const std::string one = in.text();
      BinaryCursor item(one);
      items.push_back(series_item(item, known));
      if (!item.at_end()) throw std::runtime_error("bytes behind the end of a series");
    }
    out["series"] = std::move(items);
  }

  static json::object series_item(BinaryCursor& in, Subscription& subscription) {
    static constexpr std::array<std::string_view, 4> kKinds = {"gauge", "counter", "state", "event"};
    json::object item;
    const std::uint64_t ref = in.count();
    item["ref"] = ref;
    item["key"] = in.text();
    item["input"] = in.text();
    item["unit"] = in.text();
    const std::uint8_t kind = in.byte();
    item["kind"] = kKinds.at(kind);
    json::object labels;
    for (std::uint64_t left = in.count(); left > 0; --left) {
      const std::string name = in.text();
      labels[name] = in.text();
    }
    item["labels"] = std::move(labels);
    const unsigned flags = in.byte();
    if ((flags & 1U) != 0) item["title"] = in.text();
    if ((flags & 2U) != 0) item["decimals"] = in.count();
    if ((flags & 4U) != 0) {
      const double low = in.number();
      item["range"] = json::array{low, in.number()};
    }
    Known known{kind == 2, {}};
    if ((flags & 8U) != 0) item["states"] = states(in, known);
    subscription[ref] = std::move(known);
    return item;
  }

  static json::array states(BinaryCursor& in, Known& known) {
    json::array states;
    for (std::uint64_t left = in.count(); left > 0; --left) {
      const std::int64_t value = in.integer();
      const std::string name = in.text();
      known.names.emplace(static_cast<double>(value), name);
      states.push_back(json::array{value, name});
    }
    return states;
  }

  void data(BinaryCursor& in, json::object& out) {
    static constexpr std::array<std::string_view, 4> kQualities = {"good", "stale", "uncertain", "bad"};
    Subscription& known = known_[begin("data", in, out)];
    out["seq"] = in.integer();
    json::array rows;
    for (const BinaryRow& one : read_rows(in)) {
      json::array row{one.ref, one.time};
      row.push_back(one.is_text ? json::value(one.text) : value(one.value, known[one.ref]));
      if (one.quality != 0) row.push_back(json::value(kQualities.at(one.quality)));
      rows.push_back(std::move(row));
    }
    out["rows"] = std::move(rows);
  }

  // As the JSON form shows it.
  static json::value value(double number, const Known& known) {
    if (!std::isfinite(number)) return nullptr;
    if (!known.state) return number;
    const auto name = known.names.find(number);
    if (name != known.names.end()) return json::value(name->second);
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return json::value(std::string(digits.data(), end));
  }

  std::map<std::string, Subscription> known_;
};

// The same content, however a number is kept: 2 and 2.0 are one. Boost.JSON reads long numbers up to an ulp or two
// wrong; that they are exact is seen from the texts.
inline bool same_content(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) {
    const auto exact = [](const json::value& v) { return v.is_int64() || v.is_uint64(); };
    if (exact(a) && exact(b)) return a == b;
    const double left = a.to_number<double>();
    const double right = b.to_number<double>();
    return std::abs(left - right) <= 1e-15 * std::abs(right);
  }
  if (a.is_array() && b.is_array()) {
    const auto& left = a.get_array();
    const auto& right = b.get_array();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!same_content(left[i], right[i])) return false;
    }
    return true;
  }
  if (a.is_object() && b.is_object()) {
    if (a.get_object().size() != b.get_object().size()) return false;
    for (const auto& [key, item] : a.get_object()) {
      const json::value* other = b.get_object().if_contains(key);
      if (other == nullptr || !same_content(item, *other)) return false;
    }
    return true;
  }
  return a == b;
}

}  // namespace telltale::test
