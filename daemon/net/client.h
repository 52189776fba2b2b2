// A small synchronous HTTP/1.1 client of the daemon's API, for the command line tool and for tests. One connection
// per request, over the Unix socket in the run directory or over TCP. Used from one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::net {

// Which daemon to talk to: the socket when it is given, else the URL.
struct ClientTarget {
  std::string socket;  // path of a Unix socket
  std::string url;     // "http://host:port" or "https://…", a path in front of the API's may follow
  std::string token;   // sent as bearer token when not empty
  // Of https, how the device is known: by its certificate's SHA-256 ("AB:CD:…"), which then says all, or by who signed
  // it: a file of PEM, else whom the system trusts.
  std::string fingerprint = {};
  std::string ca_file = {};
};

// One segment of a path: everything but unreserved characters (RFC 3986) encoded.
[[nodiscard]] std::string percent_encode(std::string_view text);

struct ClientRequest {
  std::string path = {};                                         // "/api/v1/series"
  std::vector<std::pair<std::string, std::string>> query = {};   // not yet encoded
  std::string body = {};                                         // of a post
  std::string content_type = "application/json";                 // of the body
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // without progress
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::size_t most_answer = 0;  // bytes that are wanted of it; then the timeout is for all of it. 0: all
};

// One Server-Sent Event.
struct ServerEvent {
  std::string id;
  std::string event;  // empty: "message"
  std::string data;   // lines joined with '\n'
};

// A failure is told as: ErrorCode::kUnavailable when no daemon answers there, kTimeout when it stops answering,
// kDenied for 401 and 403, for a device that is not the one that is meant, and for a socket this user may not open,
// else by the HTTP status; the message is the problem's `detail`.
class Client {
 public:
  // What a callback says: go on, or stop here.
  using Sink = std::function<bool(std::string_view chunk)>;
  using EventSink = std::function<bool(const ServerEvent& event)>;

  // ErrorCode::kInvalid for an URL that is none.
  [[nodiscard]] static core::Result<Client> make(const ClientTarget& target);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // The body of the answer, at most 64 MiB (ErrorCode::kLimit).
  [[nodiscard]] core::Result<std::string> get(const ClientRequest& request);
  [[nodiscard]] core::Result<std::string> post(const ClientRequest& request);
  // With another method: "PUT", "DELETE".
  [[nodiscard]] core::Result<std::string> send(std::string_view method, const ClientRequest& request);
  // An answer of any length, piece by piece.
  [[nodiscard]] core::Result<void> download(const ClientRequest& request, const Sink& sink);
  // Server-Sent Events until the sink says stop; the daemon's end is ErrorCode::kUnavailable. No event for long is
  // not an error: the request's timeout holds only until the stream has begun.
  [[nodiscard]] core::Result<void> stream_events(const ClientRequest& request, const EventSink& sink);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telltale::net
