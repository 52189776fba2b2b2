// A mail as it goes over the wire (RFC 5322, with MIME): what comes from a rule or a device can add no line to its
// head, whatever it has in it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/clock.h"

namespace telltale::notify {

struct Mail {
  std::string from;             // an address
  std::vector<std::string> to;  // addresses
  std::string subject;          // any UTF-8
  std::string text;             // any UTF-8
  core::WallTime time{};
  std::uint64_t number = 0;  // that no other mail has
};

// Lines end with CR LF. The subject is cut at 200 bytes and written as encoded words (RFC 2047) where it is not plain
// ASCII; the text is base64, so that no line is too long and none begins with a dot.
[[nodiscard]] std::string mail_text(const Mail& mail);

}  // namespace telltale::notify
