#include "daemon/net/http_session.h"

#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

#include "daemon/net/event_stream.h"
#include "daemon/net/http_request.h"
#include "daemon/net/outbox.h"
#include "daemon/net/problem.h"
#include "daemon/net/websocket_session.h"

namespace telltale::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBuffer = 64UL * 1'024;
constexpr std::size_t kWritePart = 256UL * 1'024;
constexpr std::chrono::seconds kDrain{2};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    case http::verb::put:
      return Method::kPut;
    case http::verb::delete_:
      return Method::kDelete;
    case http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

}  // namespace

core::Result<Request> plain_head(const BeastRequest& head, const Peer& peer, bool upgrade) {
  auto target = parse_target(head.target());
  if (!target) return target.error();
  Request request;
  request.method = method_of(head.method());
  request.target = std::move(*target);
  for (const auto& field : head) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  request.peer = peer;
  request.upgrade = upgrade;
  return request;
}

namespace {

class HttpSession final : public Connection, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(Stream stream, std::unique_ptr<Connections::Seat> seat, Hall hall)
      : stream_(std::move(stream)), seat_(std::move(seat)), hall_(std::move(hall)) {}

  void start() {
    hall_.connections->enter(shared_from_this());
    begin_request();
  }
  void sweep(core::BootTime now) override;
  void finish() override {
    finishing_ = true;
    if (phase_ == Phase::kIdle) abort();
  }
  void abort() override;

 private:
  enum class Phase : std::uint8_t { kIdle, kHeader, kBody, kBusy, kWriting, kDraining, kClosed };

  void enter(Phase phase, core::Duration in) {
    phase_ = phase;
    deadline_ = hall_.site->clock().boot_now() + in;
  }
  void begin_request();
  void read_header();
  void on_header();
  void on_head(Request head);
  void begin_body(Request head);
  void read_body();
  void on_read_error(error_code error);
  void dispatch(Request request);
  void watch();
  void refuse(Response response);
  void answer(Response response);
  void hand_over(Response& response);
  void write_part();
  void on_written();
  void next_piece();
  void write_piece(std::string piece);
  void drain();

  Stream stream_;
  std::unique_ptr<Connections::Seat> seat_;
  Hall hall_;
  beast::flat_buffer buffer_{kReadBuffer};
  std::optional<http::request_parser<http::string_body>> parser_;
  Phase phase_ = Phase::kIdle;
  core::BootTime deadline_{};
  core::BootTime body_deadline_{};
  Site::Admission admission_;
  Request pending_;  // the head, while its body is read
  std::uint64_t requests_ = 0;
  bool finishing_ = false;
  bool timed_out_ = false;
  bool keep_alive_ = false;
  bool head_only_ = false;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  Response response_;
  std::string response_head_;
  Outbox outbox_;
};

void HttpSession::begin_request() {
  if (finishing_) return abort();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(hall_.site->limits().header_bytes));
  parser_->body_limit(boost::none);
  ++requests_;
  if (buffer_.size() > 0) return read_header();
  enter(Phase::kIdle, hall_.site->limits().idle);
  stream_.async_wait_read([self = shared_from_this()](error_code error) {
    if (self->phase_ != Phase::kIdle) return;
    if (error) return self->abort();
    self->read_header();
  });
}

void HttpSession::read_header() {
  enter(Phase::kHeader, hall_.site->limits().header);
  http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ != Phase::kHeader) return;
    if (error) return self->on_read_error(error);
    self->on_header();
  });
}

void HttpSession::on_read_error(error_code error) {
  keep_alive_ = false;
  if (timed_out_) return refuse(problem(408, "the request did not arrive in time"));
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return refuse(problem(
        431, "the request's header is larger than " + std::to_string(hall_.site->limits().header_bytes) + " bytes"));
  }
  if (error == http::error::body_limit) {
    return refuse(problem(413, "the body is larger than " + std::to_string(admission_.body_limit) + " bytes"));
  }
  const bool malformed = error.category() == http::make_error_code(http::error::bad_line_ending).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
  if (malformed) return refuse(problem(400, "this is not HTTP/1.1 as it should be: " + error.message()));
  abort();
}

void HttpSession::on_header() {
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive() && requests_ < hall_.site->limits().requests_per_connection;
  head_only_ = message.method() == http::verb::head;
  auto head = plain_head(message, seat_->peer(), beast::websocket::is_upgrade(message));
  if (!head) {
    keep_alive_ = false;
    return refuse(problem(head.error()));
  }
  head->secure = stream_.is_secure();
  if (hall_.https_port) {
    keep_alive_ = false;
    return refuse(hall_.site->to_https(*head, message.target(), *hall_.https_port));
  }
  hall_.site->receive(*head);
  on_head(std::move(*head));
}

void HttpSession::on_head(Request head) {
  const bool has_body = !parser_->is_done();
  admission_ = hall_.site->admit(head);
  if (admission_.refusal) {
    if (has_body) keep_alive_ = false;
    return refuse(std::move(*admission_.refusal));
  }
  const auto length = parser_->content_length();
  if (length && *length > admission_.body_limit) {
    keep_alive_ = false;
    return refuse(problem(413, "the body is larger than " + std::to_string(admission_.body_limit) + " bytes"));
  }
  if (!has_body) return dispatch(std::move(head));
  begin_body(std::move(head));
}

void HttpSession::begin_body(Request head) {
  const auto& limits = hall_.site->limits();
  const std::string expect(head.header("expect"));
  pending_ = std::move(head);
  parser_->body_limit(admission_.body_limit);
  body_deadline_ = hall_.site->clock().boot_now() + limits.body;
  enter(Phase::kBody, limits.body_progress);
  if (expect.empty()) return read_body();
  if (expect != "100-continue") {
    keep_alive_ = false;
    return refuse(problem(417, "Expect may only be 100-continue"));
  }
  // Far smaller than a socket's buffer, and nothing else is on its way.
  stream_.async_write_some(boost::asio::buffer(kContinue.data(), kContinue.size()),
                           [self = shared_from_this()](error_code error, std::size_t written) {
                             if (self->phase_ != Phase::kBody) return;
                             if (error || written != kContinue.size()) return self->abort();
                             self->read_body();
                           });
}

void HttpSession::read_body() {
  http::async_read_some(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ != Phase::kBody) return;
    if (error) return self->on_read_error(error);
    self->enter(Phase::kBody, self->hall_.site->limits().body_progress);
    if (!self->parser_->is_done()) return self->read_body();
    Request request = std::move(self->pending_);
    request.body = std::move(self->parser_->get().body());
    self->dispatch(std::move(request));
  });
}

void HttpSession::dispatch(Request request) {
  enter(Phase::kBusy, hall_.site->limits().answer);
  cancelled_ = std::make_shared<std::atomic<bool>>(false);
  request.cancelled = cancelled_;
  const std::uint64_t number = requests_;
  hall_.site->serve(admission_, std::move(request), [weak = weak_from_this(), number](Response response) {
    const auto self = weak.lock();
    if (self == nullptr || self->requests_ != number || self->phase_ != Phase::kBusy) return;
    self->answer(std::move(response));
  });
  if (phase_ == Phase::kBusy) watch();
}

// A client that leaves while its query runs ends it. One that has sent its next request already is not watched.
void HttpSession::watch() {
  if (buffer_.size() > 0) return;
  stream_.async_wait_read([self = shared_from_this(), number = requests_](error_code error) {
    if (self->requests_ != number || self->phase_ != Phase::kBusy || error) return;
    if (self->stream_.has_left()) self->abort();
  });
}

void HttpSession::refuse(Response response) {
  phase_ = Phase::kBusy;
  answer(std::move(response));
}

void HttpSession::answer(Response response) {
  if (response.websocket != nullptr || response.events != nullptr) return hand_over(response);
  if (response.pieces != nullptr && parser_->get().version() < 11) {
    response = problem(505, "this answer has no length that is known beforehand: ask with HTTP/1.1");
  }
  if (response.status >= 400) ++hall_.site->counters().bad;
  response_ = std::move(response);
  response_head_ =
      header_text(response_, {keep_alive_ && !finishing_, response_.pieces != nullptr, stream_.is_vouched()});
  std::string_view body = response_.body;
  if (!response_.static_body.empty()) {
    body = {reinterpret_cast<const char*>(response_.static_body.data()), response_.static_body.size()};
  }
  if (head_only_ || response_.status == 204 || response_.status == 304) body = {};
  outbox_ = Outbox(response_head_, body);
  write_part();
}

// The socket goes on in another form; this session is no more.
void HttpSession::hand_over(Response& response) {
  phase_ = Phase::kClosed;
  const auto self = shared_from_this();
  hall_.connections->exit(self);
  if (response.events != nullptr) {
    const bool chunked = parser_->get().version() >= 11;
    start_event_stream(std::move(stream_), std::move(seat_), hall_, std::move(response), chunked);
    return;
  }
  if (buffer_.size() > 0) return;  // frames before the handshake's end: not a WebSocket client
  start_websocket_session(std::move(stream_), std::move(seat_), hall_, parser_->release(), std::move(response));
}

void HttpSession::write_part() {
  // Each piece has one deadline, however slowly it is taken: what makes the pieces holds something for us.
  if (phase_ != Phase::kWriting || response_.pieces == nullptr) {
    enter(Phase::kWriting, hall_.site->limits().write_progress);
  }
  stream_.async_write_some(outbox_.buffers(kWritePart),
                           [self = shared_from_this()](error_code error, std::size_t written) {
                             if (self->phase_ != Phase::kWriting) return;
                             if (error) return self->abort();
                             self->outbox_.advance(written);
                             if (self->outbox_.left() > 0) return self->write_part();
                             self->on_written();
                           });
}

void HttpSession::next_piece() {
  if (finishing_) return abort();  // who makes them may be gone
  enter(Phase::kBusy, hall_.site->limits().answer);
  response_.pieces([weak = weak_from_this(), number = requests_](core::Result<std::string> piece) {
    const auto self = weak.lock();
    if (self == nullptr || self->requests_ != number || self->phase_ != Phase::kBusy) return;
    // Without the last chunk the client knows that the body is not whole.
    if (!piece) return self->abort();
    self->write_piece(std::move(*piece));
  });
}

// A chunk of RFC 9112, 7.1; the empty one is the last.
void HttpSession::write_piece(std::string piece) {
  response_head_ = fmt::format("{:x}\r\n", piece.size());
  if (piece.empty()) response_.pieces = nullptr;
  response_.body = std::move(piece) + "\r\n";
  outbox_ = Outbox(response_head_, response_.body);
  write_part();
}

void HttpSession::on_written() {
  if (response_.pieces != nullptr && !head_only_) return next_piece();
  response_ = {};
  if (keep_alive_ && !finishing_) return begin_request();
  stream_.shut_down();
  enter(Phase::kDraining, kDrain);
  drain();
}

// Closing with unread bytes would reset the connection, and the client might never see the answer.
void HttpSession::drain() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16'384), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ != Phase::kDraining) return;
    if (error) return self->abort();
    self->drain();
  });
}

void HttpSession::sweep(core::BootTime now) {
  const bool late = now >= deadline_ || (phase_ == Phase::kBody && now >= body_deadline_);
  if (!late || phase_ == Phase::kClosed) return;
  if (phase_ != Phase::kIdle && phase_ != Phase::kDraining) ++hall_.site->counters().timeouts;
  if (phase_ == Phase::kHeader || phase_ == Phase::kBody) {
    timed_out_ = true;
    stream_.cancel();
  } else if (phase_ == Phase::kBusy && !cancelled_->exchange(true)) {
    deadline_ = now + hall_.site->limits().answer;  // for whoever works on it to notice
  } else {
    abort();
  }
}

void HttpSession::abort() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (cancelled_ != nullptr) cancelled_->store(true);
  stream_.close();
  seat_.reset();
  hall_.connections->exit(shared_from_this());
}

}  // namespace

void start_http_session(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall) {
  std::make_shared<HttpSession>(std::move(stream), std::move(seat), hall)->start();
}

}  // namespace telltale::net
