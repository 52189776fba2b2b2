#include "daemon/net/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>
#include <sys/un.h>

#include "daemon/net/client_tls.h"

namespace telltale::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace urls = boost::urls;
using boost::system::error_code;
using core::Error;
using core::ErrorCode;
using core::make_error;
using core::Result;
using Stream = ClientTls::Socket;

constexpr std::size_t kMaxBody = std::size_t{64} << 20U;
constexpr std::size_t kMaxEvent = std::size_t{16} << 20U;
constexpr std::size_t kMaxProblem = std::size_t{64} << 10U;

std::string target_of(const std::string& prefix, const ClientRequest& request) {
  std::string target = prefix + request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + percent_encode(name) + '=' + percent_encode(value);
    separator = '&';
  }
  return target;
}

ErrorCode code_of_status(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::kDenied;
    case 404:
      return ErrorCode::kNotFound;
    case 408:
    case 504:
      return ErrorCode::kTimeout;
    case 409:
    case 412:
      return ErrorCode::kConflict;
    case 413:
    case 422:
    case 429:
      return ErrorCode::kLimit;
    case 502:
    case 503:
      return ErrorCode::kUnavailable;
    default:
      return status < 500 ? ErrorCode::kInvalid : ErrorCode::kIo;
  }
}

// The first of the `errors` that the daemon found in a configuration, and how many there are besides.
std::string errors_in(const boost::json::object& problem) {
  const boost::json::value* const errors = problem.if_contains("errors");
  if (errors == nullptr || !errors->is_array() || errors->get_array().empty()) return {};
  const boost::json::array& all = errors->get_array();
  const boost::json::object* const first = all.front().if_object();
  const boost::json::value* const reason = first == nullptr ? nullptr : first->if_contains("reason");
  if (reason == nullptr || !reason->is_string()) return {};
  std::string text;
  const boost::json::value* const line = first->if_contains("line");
  const boost::json::value* const column = first->if_contains("column");
  if (line != nullptr && line->is_int64() && column != nullptr && column->is_int64()) {
    text = fmt::format("line {}, column {}: ", line->get_int64(), column->get_int64());
  }
  text += std::string_view(reason->get_string());
  return ": " + text + (all.size() > 1 ? fmt::format("; and {} more", all.size() - 1) : std::string());
}

// The `detail` of a problem+json body (RFC 9457), else its `title`, else the body's beginning.
Error problem_of(unsigned status, const std::string& body) {
  error_code failed;
  const boost::json::value value = boost::json::parse(body, failed);
  if (!failed && value.is_object()) {
    for (const char* name : {"detail", "title"}) {
      const boost::json::value* text = value.as_object().if_contains(name);
      if (text != nullptr && text->is_string())
        return make_error(code_of_status(status), std::string(text->as_string()) + errors_in(value.as_object()));
    }
  }
  return make_error(code_of_status(status), fmt::format("the daemon answers with status {}", status));
}

// Splits a stream of Server-Sent Events (WHATWG HTML, 9.2.6) into events.
class EventParser {
 public:
  // False when the sink said stop; nothing when an event is too long.
  std::optional<bool> feed(std::string_view chunk, const Client::EventSink& sink) {
    line_.append(chunk);
    std::size_t begin = 0;
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n', begin)) {
      std::string_view line = std::string_view(line_).substr(begin, end - begin);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      begin = end + 1;
      if (!line.empty()) {
        take(line);
      } else if (!finish(sink)) {
        return false;
      }
    }
    line_.erase(0, begin);
    if (line_.size() + event_.data.size() > kMaxEvent) return std::nullopt;
    return true;
  }

 private:
  void take(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
      if (has_data_) event_.data += '\n';
      event_.data += value;
      has_data_ = true;
    } else if (name == "id") {
      event_.id = value;
    } else if (name == "event") {
      event_.event = value;
    }
  }
  bool finish(const Client::EventSink& sink) {
    const bool go_on = !has_data_ || sink(event_);
    event_.data.clear();
    event_.event.clear();
    has_data_ = false;
    return go_on;
  }

  std::string line_;
  ServerEvent event_;
  bool has_data_ = false;
};

}  // namespace

std::string percent_encode(std::string_view text) { return urls::encode(text, urls::unreserved_chars); }

struct Client::Impl {
  // Begun with every answer's status; false: the body is not wanted.
  using Body = std::function<Result<bool>(std::string_view)>;

  std::string socket;  // of the target
  std::string host;    // of the URL
  std::string port = "80";
  std::string host_header = "localhost";
  std::string prefix;
  std::string token;
  std::unique_ptr<ClientTls> tls;  // none: plain
  asio::io_context context;

  [[nodiscard]] std::string place() const {
    if (!socket.empty()) return socket;
    return (tls == nullptr ? "http://" : "https://") + host_header;
  }

  // Runs one asynchronous operation to its end; the stream's own timer ends it when it takes too long.
  template <class Start>
  error_code run(Start start) {
    error_code result = asio::error::operation_aborted;
    start([&result](error_code error, auto&&...) { result = error; });
    context.restart();
    context.run();
    return result;
  }

  [[nodiscard]] Error failure(error_code error, std::string_view doing) const {
    if (error == beast::error::timeout) {
      return make_error(ErrorCode::kTimeout, fmt::format("the daemon does not answer while {}", doing), place());
    }
    if (error == boost::system::errc::permission_denied) {
      return make_error(ErrorCode::kDenied,
                        "this user may not talk to the daemon: use sudo, or join the group that owns the socket",
                        place());
    }
    return make_error(ErrorCode::kUnavailable,
                      fmt::format("no daemon answers there ({} while {}); is telltaled running? --run DIR and --url "
                                  "say where to look",
                                  error.message(), doing),
                      place());
  }

  Result<void> connect(Stream& stream) {
    if (!socket.empty()) {
      if (socket.size() >= sizeof(sockaddr_un::sun_path)) {
        return make_error(ErrorCode::kInvalid, "the path of a Unix socket has at most 107 bytes", socket);
      }
      const asio::local::stream_protocol::endpoint endpoint(socket);
      const error_code error = run([&](auto done) { stream.async_connect(endpoint, std::move(done)); });
      if (error) return failure(error, "connecting");
      return {};
    }
    asio::ip::tcp::resolver resolver(context);
    error_code error;
    const auto found = resolver.resolve(host, port, error);
    if (error) return make_error(ErrorCode::kUnavailable, "this name is not known: " + error.message(), host);
    for (const auto& entry : found) {
      const asio::generic::stream_protocol::endpoint endpoint(entry.endpoint());
      error = run([&](auto done) { stream.async_connect(endpoint, std::move(done)); });
      if (!error) return {};
      stream.close();
    }
    return failure(error, "connecting");
  }

  http::request<http::string_body> message(http::verb verb, const ClientRequest& request,
                                           std::string_view accept) const {
    http::request<http::string_body> result{verb, target_of(prefix, request), 11};
    result.set(http::field::host, host_header);
    result.set(http::field::user_agent, "telltale");
    result.set(http::field::accept, accept);
    result.set(http::field::connection, "close");
    if (!token.empty()) result.set(http::field::authorization, "Bearer " + token);
    for (const auto& [name, value] : request.headers) result.set(name, value);
    if (verb == http::verb::post || verb == http::verb::put) {
      result.set(http::field::content_type, request.content_type);
      result.body() = request.body;
    }
    result.prepare_payload();
    return result;
  }

  // Sends a request and hands the body over as it comes. `endless`: no progress is no error once it has begun.
  Result<void> exchange(http::verb verb, const ClientRequest& request, std::string_view accept, bool endless,
                        const Body& body) {
    Stream stream(context);
    stream.expires_after(request.timeout);
    if (Result<void> connected = connect(stream); !connected) return connected;
    const Task task{verb, request, accept, endless, body};
    if (tls == nullptr) return talk(stream, stream, task);
    ClientTls::Peer peer(stream, tls->context());
    if (Result<void> ready = tls->prepare(peer, host); !ready) return ready;
    const error_code error =
        run([&](auto done) { peer.async_handshake(asio::ssl::stream_base::client, std::move(done)); });
    if (!error) return talk(peer, stream, task);
    const std::string why = tls->refusal(peer);
    return why.empty() ? failure(error, "agreeing on TLS") : make_error(ErrorCode::kDenied, why, place());
  }

  struct Task {
    http::verb verb;
    const ClientRequest& request;
    std::string_view accept;
    bool endless;
    const Body& body;
  };

  // `peer` is what is spoken to, `stream` the one with the timer below it.
  template <class Peer>
  Result<void> talk(Peer& peer, Stream& stream, const Task& task) {
    const ClientRequest& request = task.request;
    const auto sent = message(task.verb, request, task.accept);
    if (const error_code error = run([&](auto done) { http::async_write(peer, sent, std::move(done)); })) {
      return failure(error, "sending");
    }
    beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    if (request.most_answer > 0) parser.header_limit(static_cast<std::uint32_t>(request.most_answer));
    if (const error_code error =
            run([&](auto done) { http::async_read_header(peer, buffer, parser, std::move(done)); })) {
      return failure(error, "waiting for the answer");
    }
    const unsigned status = parser.get().result_int();
    if (status < 200 || status > 299) {
      std::string problem;
      const Body kept = [&](std::string_view chunk) -> Result<bool> {
        problem.append(chunk.substr(0, kMaxProblem - std::min(kMaxProblem, problem.size())));
        return problem.size() < kMaxProblem;
      };
      (void)read_body(peer, stream, parser, buffer,
                      {task.verb, request, task.accept, false, kept});  // what came of the explanation is good enough
      return problem_of(status, problem);
    }
    if (task.endless) stream.expires_never();
    return read_body(peer, stream, parser, buffer, task);
  }

  template <class Peer>
  Result<void> read_body(Peer& peer, Stream& stream, http::response_parser<http::buffer_body>& parser,
                         beast::flat_buffer& buffer, const Task& task) {
    std::array<char, 65536> chunk{};
    while (!parser.is_done()) {
      parser.get().body().data = chunk.data();
      parser.get().body().size = chunk.size();
      parser.get().body().more = true;
      if (!task.endless && task.request.most_answer == 0) stream.expires_after(task.request.timeout);
      const error_code error = run([&](auto done) { http::async_read_some(peer, buffer, parser, std::move(done)); });
      if (error && error != http::error::need_buffer) return failure(error, "reading the answer");
      const std::size_t size = chunk.size() - parser.get().body().size;
      if (size == 0) continue;
      Result<bool> wanted = task.body({chunk.data(), size});
      if (!wanted) return wanted.error();
      if (!*wanted) return {};
    }
    return {};
  }

  Result<std::string> fetch(http::verb verb, const ClientRequest& request) {
    std::string text;
    Result<void> done =
        exchange(verb, request, "application/json, */*", false, [&](std::string_view chunk) -> Result<bool> {
          if (text.size() + chunk.size() > kMaxBody) return make_error(ErrorCode::kLimit, "the answer is over 64 MiB");
          text.append(chunk);
          return request.most_answer == 0 || text.size() < request.most_answer;
        });
    if (!done) return done.error();
    return text;
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::make(const ClientTarget& target) {
  auto impl = std::make_unique<Impl>();
  impl->token = target.token;
  if (!target.socket.empty()) {
    impl->socket = target.socket;
    return Client(std::move(impl));
  }
  const auto url = urls::parse_uri(target.url);
  if (!url || url->host().empty()) {
    return make_error(ErrorCode::kInvalid, "is not an address like http://press-7:8080", target.url);
  }
  if (url->scheme() == "https") {
    auto tls = ClientTls::make({target.fingerprint, target.ca_file});
    if (!tls) return tls.error();
    impl->tls = std::move(*tls);
    impl->port = "443";
  } else if (url->scheme() != "http") {
    return make_error(ErrorCode::kInvalid, "only http:// and https:// addresses are understood", target.url);
  } else if (!target.fingerprint.empty() || !target.ca_file.empty()) {
    return make_error(ErrorCode::kInvalid, "only an https:// address has a certificate", target.url);
  }
  impl->host = url->host_address();
  if (url->has_port()) impl->port = url->port();
  impl->host_header = url->encoded_host_and_port();
  impl->prefix = url->encoded_path();
  if (impl->prefix.ends_with('/')) impl->prefix.pop_back();
  return Client(std::move(impl));
}

Result<std::string> Client::get(const ClientRequest& request) { return impl_->fetch(http::verb::get, request); }
Result<std::string> Client::post(const ClientRequest& request) { return impl_->fetch(http::verb::post, request); }

Result<std::string> Client::send(std::string_view method, const ClientRequest& request) {
  return impl_->fetch(http::string_to_verb(method), request);
}

Result<void> Client::download(const ClientRequest& request, const Sink& sink) {
  return impl_->exchange(http::verb::get, request, "*/*", false,
                         [&](std::string_view chunk) -> Result<bool> { return sink(chunk); });
}

Result<void> Client::stream_events(const ClientRequest& request, const EventSink& sink) {
  EventParser parser;
  bool stopped = false;
  Result<void> done =
      impl_->exchange(http::verb::get, request, "text/event-stream", true, [&](std::string_view chunk) -> Result<bool> {
        const std::optional<bool> go_on = parser.feed(chunk, sink);
        if (!go_on) return make_error(ErrorCode::kLimit, "an event is over 16 MiB");
        stopped = !*go_on;
        return *go_on;
      });
  if (!done || stopped) return done;
  return make_error(ErrorCode::kUnavailable, "the daemon ended the stream", impl_->place());
}

}  // namespace telltale::net
