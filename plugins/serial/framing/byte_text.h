// Bytes as a user writes them in the configuration: "Q\r\n", "\x02", "STX". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telltale::serial {

// \r \n \t \0 \\ \xNN, and the names STX ETX EOT ENQ ACK NAK DLE ESC CR LF CRLF NUL alone or in <angle brackets>
// anywhere ("<STX>RD<CR>"). Nothing for a broken escape or an unknown name in brackets. [any]
[[nodiscard]] std::optional<std::string> bytes_of(std::string_view text);

}  // namespace telltale::serial
