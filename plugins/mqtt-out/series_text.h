// What the forms say of a series and a reading, and JSON's texts. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <telltale/ext/sink.h>

namespace telltale::mqtt_out {

// `press.oil{line="a"}`, unique among the series of a device.
[[nodiscard]] std::string key_of(const telltale_series& series);

// TELLTALE_QUALITY_… of what is published; an event is never bad.
[[nodiscard]] std::uint32_t quality_of(const telltale_outgoing& reading) noexcept;
[[nodiscard]] std::string_view quality_word(std::uint32_t quality) noexcept;
// A bad reading, or one whose value is no number, has no value. An event has its text.
[[nodiscard]] bool has_value(const telltale_outgoing& reading) noexcept;
[[nodiscard]] std::int64_t in_ms(std::int64_t ns) noexcept;

// With its quotes (RFC 8259, section 7).
void append_json(std::string& out, std::string_view text);
// The shortest that is the same number again; null for what is none.
void append_json(std::string& out, double number);

}  // namespace telltale::mqtt_out
