// Readings as lines of CSV (RFC 4180, but with a line feed alone). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <telltale/ext/sink.h>

namespace telltale::csv {

inline constexpr std::string_view kHeader = "time,series,labels,value,text,unit,quality\n";

// A text in quotes where it needs them.
void append_cell(std::string& out, std::string_view text);

// 2026-11-27T18:47:00.123456789Z; no digits that are 0 at the end of the fraction.
void append_time(std::string& out, std::int64_t ns);

// The reading's line; a bad one has no value.
void append_row(std::string& out, const telltale_outgoing& reading);

}  // namespace telltale::csv
