// One connection that speaks WebSocket (RFC 6455) with one of our subprotocols. Net thread.
#pragma once

#include <memory>

#include "daemon/net/hall.h"
#include "daemon/net/http_message.h"
#include "daemon/net/http_request.h"
#include "daemon/net/stream.h"

namespace telltale::net {

// Answers the upgrade with the header fields of `response`, then carries its viewer's messages.
void start_websocket_session(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall,
                             BeastRequest request, Response response);

}  // namespace telltale::net
