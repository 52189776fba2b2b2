// ListenAddress of config.h.
#include <charconv>

#include <arpa/inet.h>

#include "daemon/config/config.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

bool is_address(int family, const std::string& text) {
  in6_addr room{};  // large enough for either
  return ::inet_pton(family, text.c_str(), &room) == 1;
}

}  // namespace

bool ListenAddress::is_loopback() const { return address == "::1" || address.rfind("127.", 0) == 0; }

std::string ListenAddress::text() const {
  const bool six = address.find(':') != std::string::npos;
  return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

core::Result<ListenAddress> parse_listen(std::string_view text) {
  const auto bad = [text] {
    return core::make_error(core::ErrorCode::kInvalid,
                            "'" + core::escape_line(core::cut_utf8(text, 64)) +
                                "' is not an address to listen at: write ADDRESS:PORT, such as 0.0.0.0:8080, "
                                "127.0.0.1:8080 or [::]:8080");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  ListenAddress listen;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (failure != std::errc{} || end != port.data() + port.size()) return bad();
  const std::string_view address = text.substr(0, colon);
  if (address.find('\0') != std::string_view::npos) return bad();
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  listen.address = bracketed ? address.substr(1, address.size() - 2) : address;
  if (listen.address == "localhost") listen.address = "127.0.0.1";
  if (!is_address(bracketed ? AF_INET6 : AF_INET, listen.address)) return bad();
  return listen;
}

}  // namespace telltale::config
