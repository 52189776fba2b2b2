// A request and its answer as plain values: what handlers see. Nothing here knows sockets or Beast.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/accounts.h"
#include "daemon/net/target.h"

namespace telltale::net {

class Viewer;

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kOptions, kOther };

// Where a connection or, once the site has received it, a request comes from. A Unix socket's file mode has decided
// already who may use it.
enum class PeerKind : std::uint8_t { kUnixSocket, kLoopback, kOther };
struct Peer {
  PeerKind kind = PeerKind::kOther;
  std::string address;  // without port; empty for a Unix socket
  bool proxy = false;   // that speaks for many, and is trusted to say for whom
};

struct Request {
  Method method = Method::kGet;
  Target target;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  Peer peer;
  bool upgrade = false;                    // asks for a WebSocket
  bool secure = false;                     // came under TLS, to this device or to its proxy
  std::optional<core::Identity> identity;  // who showed a session or a token that holds
  // Set when the client has left or the deadline has passed: whoever works on it stops.
  std::shared_ptr<std::atomic<bool>> cancelled;

  // The first of that name (lower case); empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
};

// The rest of a body whose length nobody knows: one piece is asked for when the client has taken the one before; an
// empty one is the end, an error closes the connection. Asked, and answered, on the net thread.
using Pieces = std::function<void(std::function<void(core::Result<std::string>)> done)>;

struct Response {
  unsigned status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::span<const unsigned char> static_body;  // instead of `body`: bytes that live as long as the process
  Pieces pieces;                               // instead of `body`
  // Frames follow for as long as both sides want: as Server-Sent Events, or over a WebSocket.
  std::shared_ptr<Viewer> events;
  std::shared_ptr<Viewer> websocket;
  std::shared_ptr<const std::atomic<bool>> ended;  // set: whoever it is for may no longer look

  [[nodiscard]] std::size_t body_size() const { return static_body.empty() ? body.size() : static_body.size(); }
};

// Called exactly once, on the net thread.
using Respond = std::function<void(Response)>;

[[nodiscard]] Response json_response(std::string body);
[[nodiscard]] Response text_response(std::string body, std::string content_type);
[[nodiscard]] Response empty_response(unsigned status);

// The status line and header of `response`, with the fields that every answer carries. `length` is nothing for a
// stream of chunks. A value that would break the header is left out.
struct HeaderFacts {
  bool keep_alive = true;
  bool chunked = false;
  bool only_https = false;  // the browser is told to come under HTTPS from now on (RFC 6797)
};
[[nodiscard]] std::string header_text(const Response& response, const HeaderFacts& facts);
[[nodiscard]] std::string_view reason_phrase(unsigned status);

}  // namespace telltale::net
