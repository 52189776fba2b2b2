// A file descriptor and the waiting on it: what both links share.
#pragma once

#include <optional>
#include <span>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/link/link.h"

namespace telltale::modbus {

// Ends waits: the host's stop descriptor, and an eventfd that wakes the bus for a write. Borrowed.
struct Signals {
  int stop_fd = -1;
  int wake_fd = -1;
};

// Waits on `fd` for `events` (POLLIN, POLLOUT) until `until`. `fd` may be -1: only waits. A wake ends only waits with
// `wakes`, with kDone.
[[nodiscard]] Io wait_on(int fd, short events, Time until, const Host& host, const Signals& signals, bool wakes);

// Reads what is there, waiting at most until `until`. A read of nothing means that the other side, or the adapter, is
// gone: kBroken.
[[nodiscard]] Io receive_from(int fd, std::span<std::uint8_t> into, std::size_t& got, Time until, const Host& host,
                              const Signals& signals);

}  // namespace telltale::modbus
