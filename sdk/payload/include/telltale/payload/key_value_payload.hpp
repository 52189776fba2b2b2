// Pairs: "T=21.5 H=40%", "weight: 12.5 kg; stable: yes".
#pragma once

#include <string>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

struct KeyValueOptions {
  std::string separators = " \t\r\n,;&|";  // between pairs
  std::string assigns = "=:";              // between key and value; blanks around it are passed over
  bool decimal_comma = false;              // needs separators without the comma
};

// Words that belong to no pair are passed over. A value in quotes may hold separators. Refuses: empty, too_large,
// not_utf8, nothing_there (no pair at all), bad_quote, duplicate_key, too_many_fields.
class KeyValueDecoder final : public Decoder {
 public:
  explicit KeyValueDecoder(KeyValueOptions options) : options_(std::move(options)) {}

  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  std::string_view read(std::string_view text);

  KeyValueOptions options_;
  std::vector<Item> items_;
  std::vector<std::string_view> keys_;
};

}  // namespace telltale::payload
