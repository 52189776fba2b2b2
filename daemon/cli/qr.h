// A text as a QR code that a phone reads from the terminal. The only user of libqrencode. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telltale::cli {

enum class QrInk : std::uint8_t {
  kLightOnDark,  // blocks are the light modules: a console, a log; what most terminals are
  kColours,      // black on white by escape sequences: right on every terminal
};

// Lines of half blocks (UTF-8), with the quiet zone that readers want; empty when the text is too long for a code.
[[nodiscard]] std::string qr_text(std::string_view text, QrInk ink);

}  // namespace telltale::cli
