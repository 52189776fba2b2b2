// JSON's texts and numbers. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace telltale::mqtt_out {

// With its quotes (RFC 8259, section 7).
void append_json(std::string& out, std::string_view text);
// The shortest that is the same number again; null for what is none.
void append_json(std::string& out, double number);

}  // namespace telltale::mqtt_out
