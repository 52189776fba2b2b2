// One connection that speaks HTTP/1.1: reads a request, answers it, and the next. Net thread.
#pragma once

#include <memory>

#include "daemon/net/hall.h"
#include "daemon/net/stream.h"

namespace telltale::net {

// The session owns itself until it closes, or hands its stream to an event stream or a WebSocket.
void start_http_session(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall);

}  // namespace telltale::net
