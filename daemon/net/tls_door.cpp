#include "daemon/net/tls_door.h"

#include "daemon/net/http_session.h"
#include "daemon/net/stream.h"

namespace telltale::net {

using boost::system::error_code;

namespace {

constexpr unsigned char kHandshakeRecord = 0x16;  // RFC 8446, 5.1

bool begins_a_method(unsigned char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'); }

class DoorSession final : public Connection, public std::enable_shared_from_this<DoorSession> {
 public:
  DoorSession(Socket socket, std::unique_ptr<Connections::Seat> seat, Hall hall)
      : socket_(std::move(socket)), seat_(std::move(seat)), hall_(std::move(hall)) {}

  void start() {
    hall_.connections->enter(shared_from_this());
    deadline_ = hall_.site->clock().boot_now() + hall_.site->limits().handshake;
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
      if (self->closed_) return;
      if (error) return self->abort();
      self->look();
    });
  }
  void sweep(core::BootTime now) override {
    if (now < deadline_) {
      if (wait_ != nullptr && hall_.connections->wait_is_over(seat_->peer(), now)) shake();
      return;
    }
    ++hall_.site->counters().timeouts;
    abort();
  }
  void finish() override { abort(); }
  void abort() override {
    if (closed_) return;
    error_code ignored;
    (channel_ == nullptr ? socket_ : channel_->socket()).close(ignored);
    leave();
    seat_.reset();
  }

 private:
  void look();
  void queue();
  void shake();
  void go_on(Stream stream, const Hall& hall);
  void leave() {
    closed_ = true;
    turn_.reset();
    wait_.reset();
    hall_.connections->exit(shared_from_this());
  }

  Socket socket_;  // until the first byte
  std::unique_ptr<Connections::Seat> seat_;
  Hall hall_;
  std::unique_ptr<TlsChannel> channel_;
  std::unique_ptr<Connections::Wait> wait_;
  std::unique_ptr<Connections::Turn> turn_;
  core::BootTime deadline_{};
  bool vouched_ = false;
  bool closed_ = false;
};

// One port for both: what is no handshake may be a browser that was given an address without https.
void DoorSession::look() {
  unsigned char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got != 1) return abort();
  if (byte == kHandshakeRecord) return queue();
  if (!begins_a_method(byte)) return abort();
  Hall redirecting = hall_;
  redirecting.https_port = 0;
  go_on(Stream(std::move(socket_)), redirecting);
}

// A flood of them would take the one thread's time: beyond a rate they wait, which costs a socket.
void DoorSession::queue() {
  wait_ = hall_.connections->wait_for_handshake(seat_->peer(), hall_.site->clock().boot_now());
  if (wait_ == nullptr) shake();
}

void DoorSession::shake() {
  wait_.reset();
  turn_ = hall_.connections->take_turn(seat_->peer());
  if (turn_ == nullptr) return abort();
  const TlsKeeper::Shown shown = hall_.tls->shown();
  vouched_ = !shown.own && !shown.identity->facts().self_signed;
  channel_ = TlsChannel::make(std::move(socket_), *shown.identity);
  if (channel_ == nullptr) return abort();
  channel_->handshake(Completion::of([self = shared_from_this()](error_code error, std::size_t) {
    if (self->closed_) return;
    if (!error) return self->go_on(Stream(std::move(self->channel_), self->vouched_), self->hall_);
    ++self->hall_.site->counters().handshakes_failed;
    self->abort();
  }));
}

void DoorSession::go_on(Stream stream, const Hall& hall) {
  leave();
  start_http_session(std::move(stream), std::move(seat_), hall);
}

}  // namespace

void start_at_tls_door(Socket socket, std::unique_ptr<Connections::Seat> seat, const Hall& hall) {
  std::make_shared<DoorSession>(std::move(socket), std::move(seat), hall)->start();
}

}  // namespace telltale::net
