// Makes listening sockets. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"

namespace telltale::net {

// `address`: IPv4 or IPv6, without brackets; "::" takes both. ErrorCode::kConflict: the port is taken.
// `handed_down`: listening sockets that a service manager kept or opened; one of that address is used, as a duplicate.
[[nodiscard]] core::Result<core::Fd> listen_tcp(const std::string& address, std::uint16_t port,
                                                std::span<const int> handed_down = {});
[[nodiscard]] std::uint16_t port_of(const core::Fd& socket);

// A Unix socket of mode 0660. What an ended daemon left there is replaced; ErrorCode::kConflict: one listens there.
[[nodiscard]] core::Result<core::Fd> listen_unix(const std::string& path);

}  // namespace telltale::net
