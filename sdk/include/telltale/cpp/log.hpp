// Fields of a log line: `host.warning("no answer", {{"unit", 3}, {"register", "holding 100"}})`.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/log.h>

namespace telltale {

// What a field may hold as a number.
template <class T>
concept Numeric = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

// One `name=value` after a log line's text. The name is [a-z][a-z0-9_]*, and outlives the call.
class Field {
 public:
  // A text.
  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  Field(std::string_view name, std::nullptr_t) = delete;
  // A truth.
  Field(std::string_view name, std::same_as<bool> auto value) : name_(name), value_(value ? "true" : "false") {}
  // A number, in the shortest form that is exact.
  template <Numeric Number>
  Field(std::string_view name, Number value) : name_(name) {
    std::array<char, 64> text{};
    value_.assign(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  }

  // For the host; borrows from the field.
  [[nodiscard]] telltale_log_field abi() const noexcept { return {to_str(name_), to_str(value_)}; }
  // `name=value`, for a host that takes no fields.
  [[nodiscard]] std::string text() const { return std::string(name_) + "=" + value_; }

 private:
  std::string_view name_;
  std::string value_;
};

namespace detail {

// Writes a line with fields; to a host without telltale.log/1 as one text.
inline void write_log(const telltale_host& host, std::int32_t severity, std::string_view text,
                      std::initializer_list<Field> fields) {
  if (fields.size() == 0) return host.log(&host, severity, to_str(text));
  if (const void* found = host.get_interface(&host, TELLTALE_LOG_1); found != nullptr) {
    std::array<telltale_log_field, 16> plain{};
    std::uint32_t count = 0;
    for (const Field& field : fields) {
      if (count < plain.size()) plain[count++] = field.abi();
    }
    return static_cast<const telltale_log_1*>(found)->write(&host, severity, to_str(text), plain.data(), count);
  }
  std::string line(text);
  for (const Field& field : fields) line += " " + field.text();
  host.log(&host, severity, to_str(line));
}

}  // namespace detail
}  // namespace telltale
