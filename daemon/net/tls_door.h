// The way in under TLS: waits for the first byte of a connection, does the handshake, and hands it on as an HTTP
// session. Who speaks plain HTTP to it is answered with where HTTPS is. Bounded in time and number. Net thread.
#pragma once

#include <memory>

#include "daemon/net/hall.h"
#include "daemon/net/socket_types.h"

namespace telltale::net {

// `hall.tls` is there, and has something to show.
void start_at_tls_door(Socket socket, std::unique_ptr<Connections::Seat> seat, const Hall& hall);

}  // namespace telltale::net
