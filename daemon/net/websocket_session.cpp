#include "daemon/net/websocket_session.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "daemon/net/outbox.h"
#include "daemon/net/viewer.h"
#include "daemon/net/viewer_socket.h"

namespace telltale::net {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

constexpr std::size_t kPart = 64UL * 1'024;

// permessage-deflate (RFC 7692) for texts, when the client offers it. Frames of one feed resemble each other, so the
// window is kept from one to the next; it and the tables take 33 KB, and as much to inflate for a client that
// compresses.
websocket::permessage_deflate deflate_for(LiveForm form) {
  websocket::permessage_deflate options;
  options.server_enable = form == LiveForm::kJson;
  options.server_max_window_bits = 12;
  options.memLevel = 5;
  options.compLevel = 3;
  options.client_no_context_takeover = true;
  options.msg_size_threshold = 256;
  return options;
}

class WebSocketSession final : public Connection, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(Stream stream, std::unique_ptr<Connections::Seat> seat, Hall hall, BeastRequest request,
                   Response response)
      : stream_(std::move(stream)),
        seat_(std::move(seat)),
        hall_(std::move(hall)),
        viewer_(std::move(response.websocket)),
        request_(std::move(request)),
        in_(hall_.site->hub().limits().message_bytes + 1'024) {
    ended_ = response.ended;
    prepare(response);
  }

  void start();
  void sweep(core::BootTime at) override;
  void finish() override { close(websocket::close_code::going_away); }
  void abort() override;

 private:
  enum class Phase : std::uint8_t { kAccepting, kOpen, kClosing, kClosed };

  void prepare(const Response& response);
  void read();
  void on_message();
  void pump();
  void write_part();
  void ping();
  void close(websocket::close_code code);
  void hear() { heard_at_ = now(); }
  [[nodiscard]] core::BootTime now() const { return hall_.site->clock().boot_now(); }

  websocket::stream<Stream, true> stream_;
  std::unique_ptr<Connections::Seat> seat_;
  Hall hall_;
  std::shared_ptr<Viewer> viewer_;
  BeastRequest request_;
  beast::flat_buffer in_;
  std::shared_ptr<const std::atomic<bool>> ended_;  // set: whoever watches may no longer
  Phase phase_ = Phase::kAccepting;
  bool reading_ = false;
  bool writing_ = false;
  bool pinging_ = false;
  core::BootTime heard_at_{};     // anything of the client
  core::BootTime progress_at_{};  // it took something
  core::BootTime phase_until_{};  // of accepting and closing
  Outgoing message_;
  Outbox outbox_;
};

void WebSocketSession::prepare(const Response& response) {
  // Our own timers, over the injected clock, take the place of Beast's.
  stream_.set_option(
      websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
  stream_.set_option(websocket::stream_base::decorator([headers = response.headers](websocket::response_type& answer) {
    answer.set(beast::http::field::server, "telltale");
    for (const auto& [name, value] : headers) answer.set(name, value);
  }));
  stream_.set_option(deflate_for(viewer_->form()));
  // Holds for what is inflated, too.
  stream_.read_message_max(hall_.site->hub().limits().message_bytes);
  stream_.auto_fragment(false);
  stream_.binary(viewer_->form() == LiveForm::kBinary);
  stream_.control_callback([this](websocket::frame_type, beast::string_view) { hear(); });
}

void WebSocketSession::start() {
  hall_.connections->enter(shared_from_this());
  bound_send_buffer(stream_.next_layer().socket());
  hear();
  progress_at_ = now();
  phase_until_ = now() + hall_.site->limits().header;
  stream_.async_accept(request_, [self = shared_from_this()](error_code error) {
    if (self->phase_ != Phase::kAccepting) return;
    if (error) return self->abort();
    self->phase_ = Phase::kOpen;
    self->request_ = {};
    self->viewer_->on_wake([raw = self.get()] { raw->pump(); });
    self->pump();
    self->read();
  });
}

void WebSocketSession::read() {
  if (reading_ || phase_ != Phase::kOpen || viewer_->saturated()) return;
  reading_ = true;
  stream_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
    self->reading_ = false;
    if (self->phase_ == Phase::kClosed) return;
    // A frame that is too large or broken: Beast has sent the close frame that says so.
    if (error) return self->abort();
    self->on_message();
  });
}

void WebSocketSession::on_message() {
  hear();
  if (!stream_.got_text()) return close(websocket::close_code::unknown_data);
  const auto data = in_.cdata();
  viewer_->receive({static_cast<const char*>(data.data()), data.size()});
  in_.consume(in_.size());
  read();
}

void WebSocketSession::pump() {
  if (writing_ || phase_ != Phase::kOpen || !viewer_->next(message_)) return;
  outbox_ = Outbox(message_.head, message_.body ? std::string_view(*message_.body) : std::string_view{});
  write_part();
}

// A large message goes out as several frames: each that is taken is progress.
void WebSocketSession::write_part() {
  writing_ = true;
  progress_at_ = now();
  const std::size_t part = std::min(kPart, outbox_.left());
  const bool last = part == outbox_.left();
  const auto buffers = outbox_.buffers(part);
  outbox_.advance(part);
  stream_.async_write_some(last, buffers, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->abort();
    if (self->outbox_.left() > 0) return self->write_part();
    self->writing_ = false;
    self->progress_at_ = self->now();
    self->message_.body.reset();
    self->pump();
    self->read();  // when replies had piled up
  });
}

void WebSocketSession::ping() {
  pinging_ = true;
  stream_.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
}

void WebSocketSession::sweep(core::BootTime at) {
  if (ended_ != nullptr && ended_->load() && phase_ == Phase::kOpen) return close(websocket::close_code::policy_error);
  const auto& limits = hall_.site->limits();
  if (phase_ == Phase::kAccepting || phase_ == Phase::kClosing) {
    if (at >= phase_until_) abort();
    return;
  }
  const bool stuck = writing_ && at - progress_at_ >= limits.write_progress;
  const bool silent = !writing_ && at - std::max(heard_at_, progress_at_) >= limits.ping + limits.write_progress &&
                      at - heard_at_ >= limits.ping + limits.write_progress;
  if (stuck || silent) {
    ++hall_.site->counters().timeouts;
    abort();
  } else if (!pinging_ && at - heard_at_ >= limits.ping) {
    ping();
  }
}

void WebSocketSession::close(websocket::close_code code) {
  if (phase_ == Phase::kAccepting) return abort();
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kClosing;
  phase_until_ = now() + std::chrono::seconds(1);
  viewer_->on_wake(nullptr);
  stream_.async_close(code, [self = shared_from_this()](error_code) { self->abort(); });
}

void WebSocketSession::abort() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  viewer_->on_wake(nullptr);
  viewer_.reset();
  stream_.next_layer().close();
  seat_.reset();
  hall_.connections->exit(shared_from_this());
}

}  // namespace

void start_websocket_session(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall,
                             BeastRequest request, Response response) {
  std::make_shared<WebSocketSession>(std::move(stream), std::move(seat), hall, std::move(request), std::move(response))
      ->start();
}

}  // namespace telltale::net
