// What a decoder says of a payload, as texts that a table of cases can hold.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

// "name=21.5 °C", "name=on:1", "name='text'", "name=null"; "| " before each record but the first; "!reason".
class Collect final : public Receiver {
 public:
  void record(const Record& record) override {
    if (records_++ != 0) text_ += " |";
    for (const LineTag& label : record.labels) add("{" + std::string(label.key) + "=" + std::string(label.value) + "}");
    for (const Item& item : record.items) add(std::string(item.name) + "=" + value_of(item));
    if (!record.time.empty()) add("@" + std::string(record.time));
    if (record.time_ns) add("@" + std::to_string(*record.time_ns));
  }
  void refused(std::string_view reason, std::string_view /*detail*/) override { add("!" + std::string(reason)); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t records() const { return records_; }

 private:
  static std::string value_of(const Item& item) {
    if (item.type == ItemType::kNull) return "null";
    if (item.type == ItemType::kText) return "'" + std::string(item.text) + "'";
    char digits[40];
    std::string text(digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.12g", item.number)));
    if (item.type == ItemType::kBoolean) text = std::string(item.text) + ":" + text;
    return item.unit.empty() ? text : text + " " + std::string(item.unit);
  }
  void add(const std::string& word) {
    if (!text_.empty()) text_ += ' ';
    text_ += word;
  }

  std::string text_;
  std::size_t records_ = 0;
};

// The payload stands at the end of its memory, so that a sanitizer sees a step beyond.
inline std::string decoded(Decoder& decoder, std::string_view payload) {
  const std::vector<char> exact(payload.begin(), payload.end());
  Collect collect;
  decoder.decode({exact.data(), exact.size()}, collect);
  return collect.text();
}

struct PayloadCase {
  std::string_view payload;
  std::string_view expected;
};

}  // namespace telltale::payload
