// The one socket type of the server: TCP and Unix sockets alike, on the io_context's own executor.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

namespace telltale::net {

using Protocol = boost::asio::generic::stream_protocol;
using Socket = boost::asio::basic_stream_socket<Protocol, boost::asio::io_context::executor_type>;

}  // namespace telltale::net
