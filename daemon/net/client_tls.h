// How the client knows that it speaks with the device that is meant. Used from one thread.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include "daemon/core/error.h"

namespace telltale::net {

class ClientTls {
 public:
  using Socket = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
  using Peer = boost::asio::ssl::stream<Socket&>;
  struct Trust {
    std::string fingerprint;  // see ClientTarget
    std::string ca_file;
  };

  // ErrorCode::kInvalid: a fingerprint or a file that is none.
  [[nodiscard]] static core::Result<std::unique_ptr<ClientTls>> make(const Trust& trust);

  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }
  // Before the handshake with `host`.
  [[nodiscard]] core::Result<void> prepare(Peer& peer, const std::string& host);
  // After one that failed: what is wrong with the certificate and what to do; empty: it was not that.
  [[nodiscard]] std::string refusal(Peer& peer) const;

 private:
  explicit ClientTls(std::string digest) : digest_(std::move(digest)) {}

  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  std::string digest_;  // 32 bytes; empty: by who signed it
  std::string shown_;   // fingerprint of what the peer showed, when it is not the one
};

}  // namespace telltale::net
