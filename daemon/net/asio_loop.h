// The event loop over app's io_context.
#pragma once

#include <memory>

#include "daemon/net/event_loop.h"

namespace boost::asio {
class io_context;
}

namespace telltale::net {

[[nodiscard]] std::shared_ptr<EventLoop> make_asio_loop(boost::asio::io_context& context);

}  // namespace telltale::net
