// What every form says of a reading and of its series. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <telltale/ext/sink.h>

namespace telltale::outgoing {

// A bad reading has no value, and neither has one whose value is no number. An event has its text, unless it is bad and
// has none.
[[nodiscard]] bool has_value(const telltale_outgoing& reading) noexcept;

// TELLTALE_QUALITY_… of what is sent: bad when it has no value.
[[nodiscard]] std::uint32_t quality_of(const telltale_outgoing& reading) noexcept;
// good, stale, uncertain or bad.
[[nodiscard]] std::string_view quality_word(std::uint32_t quality) noexcept;

// ns since 1970 as ms, towards the past.
[[nodiscard]] std::int64_t in_ms(std::int64_t ns) noexcept;

// The value of that label; empty when the series has it not.
[[nodiscard]] std::string_view label_of(const telltale_series& series, std::string_view name) noexcept;

// `press.oil{line="a"}`, unique among the series of a device.
[[nodiscard]] std::string key_of(const telltale_series& series);

// The shortest digits that are the same number again; nothing for what is none.
void append_number(std::string& out, double number);

}  // namespace telltale::outgoing
