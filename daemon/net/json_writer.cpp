#include "daemon/net/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "daemon/core/escape.h"

namespace telltale::net {

namespace {

template <class Number>
void append_chars(std::string& out, Number value) {
  std::array<char, 32> digits{};  // the longest double has 24 characters
  const auto [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) return false;  // bytes above 0x7f are negative
  }
  return true;
}

}  // namespace

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
  } else {
    append_chars(out, value);
  }
}

void append_integer(std::string& out, std::int64_t value) { append_chars(out, value); }

void append_json_text(std::string& out, std::string_view text) {
  if (!is_plain(text)) {
    out += core::json_string(text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_text(out_, name);
  out_ += ':';
  first_ = true;  // the value follows without a comma
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

JsonWriter& JsonWriter::count(std::uint64_t value) {
  separate();
  append_chars(out_, value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::time(std::string_view name, const std::optional<core::WallTime>& value) {
  key(name);
  return value ? integer(core::to_ms(*value)) : null();
}

}  // namespace telltale::net
