// Writes JSON into a string, piece by piece: numbers in their shortest form that reads back the same, what is not
// finite as null. Commas by itself; balance is the caller's. No thread of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/clock.h"

namespace telltale::net {

// The three that frames are made of, without a writer around them.
void append_number(std::string& out, double value);
void append_integer(std::string& out, std::int64_t value);
void append_json_text(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& number(double value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& count(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

  // An item of an object.
  JsonWriter& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& number(std::string_view name, double value) { return key(name).number(value); }
  JsonWriter& integer(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  JsonWriter& count(std::string_view name, std::uint64_t value) { return key(name).count(value); }
  JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  // The value of the last key was appended to the string by somebody else.
  JsonWriter& follow() {
    first_ = false;
    return *this;
  }
  // Milliseconds since the epoch, or null.
  JsonWriter& time(std::string_view name, const std::optional<core::WallTime>& value);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool first_ = true;  // nothing stands before the next item in its object or array
};

}  // namespace telltale::net
