// Times in the forms that devices print: "%d.%m.%Y %H:%M:%S".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telltale::payload {

// Directives: %Y %y %m %b (Jan) %d %j %H %I %p %M %S %f (fraction of a second, any digits) %z (+01:00, +0100, Z) %s
// (seconds since 1970) %%. A blank stands for any blanks, also none. Why a format is no good, in words; empty when it
// is. [any]
[[nodiscard]] std::string problem_of_time_format(std::string_view format);

// Nanoseconds since 1970-01-01 UTC of the whole of `text`; nothing when it does not fit. `utc_offset`: seconds that the
// device's clock is ahead of UTC, where the text does not say it. [any]
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text, std::string_view format,
                                                     std::int64_t utc_offset) noexcept;

// "Z", "+01:00", "-0530": seconds. [any]
[[nodiscard]] std::optional<std::int64_t> parse_utc_offset(std::string_view text) noexcept;

}  // namespace telltale::payload
