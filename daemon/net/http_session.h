// One connection that speaks HTTP/1.1: reads a request, answers it, and the next. Net thread.
#pragma once

#include <memory>

#include "daemon/net/hall.h"
#include "daemon/net/socket_types.h"

namespace telltale::net {

// The session owns itself until it closes, or hands its socket to an event stream or a WebSocket.
void start_http_session(Socket socket, std::unique_ptr<Connections::Seat> seat, const Hall& hall);

}  // namespace telltale::net
