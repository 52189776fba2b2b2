// What sockets of viewers have in common.
#pragma once

#include <sys/socket.h>

#include "daemon/net/socket_types.h"

namespace telltale::net {

// Frames wait in the feed's ring, where they can be merged, and not in megabytes of the kernel's.
inline void bound_send_buffer(Socket& socket) {
  const int bytes = 128 * 1'024;  // the kernel doubles it
  (void)::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

}  // namespace telltale::net
