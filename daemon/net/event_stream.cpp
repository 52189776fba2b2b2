#include "daemon/net/event_stream.h"

#include <array>

#include <fmt/format.h>

#include "daemon/net/outbox.h"
#include "daemon/net/viewer.h"
#include "daemon/net/viewer_socket.h"

namespace telltale::net {

using boost::system::error_code;

namespace {

constexpr std::size_t kPart = 64UL * 1'024;
constexpr std::chrono::seconds kSilence{15};  // then a comment, so that proxies and clients know that we live

class EventStream final : public Connection, public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(Stream stream, std::unique_ptr<Connections::Seat> seat, Hall hall, Response response, bool chunked)
      : stream_(std::move(stream)),
        seat_(std::move(seat)),
        hall_(std::move(hall)),
        viewer_(response.events),
        response_(std::move(response)),
        chunked_(chunked) {}

  void start() {
    hall_.connections->enter(shared_from_this());
    bound_send_buffer(stream_.socket());
    // HTTP/1.0 has no chunks: the stream ends with the connection.
    head_ = header_text(response_, {chunked_, chunked_, stream_.is_vouched()});
    response_ = {};
    outbox_ = Outbox(head_, {});
    viewer_->on_wake([this] { pump(); });
    write_part();
    listen();
  }
  void sweep(core::BootTime now) override {
    if (response_.ended != nullptr && response_.ended->load()) {
      abort();
    } else if (writing_ && now >= deadline_) {
      ++hall_.site->counters().timeouts;
      abort();
    } else if (!writing_ && now - written_at_ >= kSilence) {
      send(": still here\n\n", nullptr, {});
    }
  }
  void finish() override { abort(); }
  void abort() override;

 private:
  void pump();
  void send(std::string_view head, FrameBody body, std::string_view tail);
  void write_part();
  void listen();

  Stream stream_;
  std::unique_ptr<Connections::Seat> seat_;
  Hall hall_;
  std::shared_ptr<Viewer> viewer_;
  Response response_;
  bool chunked_;
  bool writing_ = false;
  bool closed_ = false;
  core::BootTime deadline_{};
  core::BootTime written_at_{};
  Outgoing message_;
  std::string head_;
  FrameBody body_;
  std::string tail_;
  std::string text_;
  Outbox outbox_;
  bool tail_next_ = false;
  std::array<char, 512> ignored_{};
};

void EventStream::pump() {
  if (writing_ || closed_ || !viewer_->next(message_)) return;
  text_ = event_prefix(message_);
  text_ += message_.head;
  send(text_, message_.body, "\n\n");
}

void EventStream::send(std::string_view head, FrameBody body, std::string_view tail) {
  body_ = std::move(body);
  head_.clear();
  tail_ = tail;
  if (chunked_) {
    head_ = fmt::format("{:x}\r\n", head.size() + (body_ ? body_->size() : 0) + tail.size());
    tail_ += "\r\n";
  }
  head_ += head;
  outbox_ = Outbox(head_, body_ ? std::string_view(*body_) : std::string_view{});
  tail_next_ = true;
  write_part();
}

void EventStream::write_part() {
  writing_ = true;
  deadline_ = hall_.site->clock().boot_now() + hall_.site->limits().write_progress;
  stream_.async_write_some(outbox_.buffers(kPart), [self = shared_from_this()](error_code error, std::size_t written) {
    if (self->closed_) return;
    if (error) return self->abort();
    self->outbox_.advance(written);
    if (self->outbox_.left() == 0 && std::exchange(self->tail_next_, false)) self->outbox_ = Outbox(self->tail_, {});
    if (self->outbox_.left() > 0) return self->write_part();
    self->writing_ = false;
    self->body_.reset();
    self->written_at_ = self->hall_.site->clock().boot_now();
    self->pump();
  });
}

// Nothing is expected of the client but its leaving.
void EventStream::listen() {
  stream_.async_read_some(boost::asio::buffer(ignored_), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->closed_) return;
    if (error) return self->abort();
    self->listen();
  });
}

void EventStream::abort() {
  if (closed_) return;
  closed_ = true;
  viewer_->on_wake(nullptr);
  viewer_.reset();
  stream_.close();
  seat_.reset();
  hall_.connections->exit(shared_from_this());
}

}  // namespace

std::string event_prefix(const Outgoing& message) {
  switch (message.op) {
    case Outgoing::Op::kData:
      return fmt::format("id: {}\ndata: ", message.seq);
    case Outgoing::Op::kHello:
      return "event: hello\ndata: ";
    case Outgoing::Op::kSeries:
      return "event: series\ndata: ";
    case Outgoing::Op::kGap:
      return "event: gap\ndata: ";
    case Outgoing::Op::kError:
      return "event: problem\ndata: ";
  }
  return "data: ";
}

void start_event_stream(Stream stream, std::unique_ptr<Connections::Seat> seat, const Hall& hall, Response response,
                        bool chunked) {
  std::make_shared<EventStream>(std::move(stream), std::move(seat), hall, std::move(response), chunked)->start();
}

}  // namespace telltale::net
