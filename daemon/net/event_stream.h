// One connection that receives Server-Sent Events (WHATWG HTML, 9.2). Net thread.
#pragma once

#include <memory>
#include <string>

#include "daemon/net/hall.h"
#include "daemon/net/http_message.h"
#include "daemon/net/stream.h"
#include "daemon/net/subscription.h"

namespace telltale::net {

// Sends the header of `response`, then what its viewer has, until either side leaves.
void start_event_stream(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall, Response response,
                        bool chunked);

// What stands before a message in its event. A `data` message is an unnamed event with the seq as its id; the others
// are named by their op, an error "problem" (EventSource has an "error" of its own).
[[nodiscard]] std::string event_prefix(const Outgoing& message);

}  // namespace telltale::net
