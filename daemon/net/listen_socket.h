// Makes listening sockets. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"

namespace telltale::net {

// `address`: IPv4 or IPv6, without brackets; "::" takes both. ErrorCode::kConflict: the port is taken.
[[nodiscard]] core::Result<core::Fd> listen_tcp(const std::string& address, std::uint16_t port);
[[nodiscard]] std::uint16_t port_of(const core::Fd& socket);

// A Unix socket of mode 0660. What an ended daemon left there is replaced; ErrorCode::kConflict: one listens there.
[[nodiscard]] core::Result<core::Fd> listen_unix(const std::string& path);

}  // namespace telltale::net
