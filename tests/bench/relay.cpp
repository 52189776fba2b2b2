// The bare relay that Telltale's way from a broker to the screen is measured against: each MQTT message goes, as it is,
// to every WebSocket, and the page puts its value into an element. No history, no windows, no checks.
//   bench_relay MQTT_PORT FILTER HTTP_PORT      ends with its standard input
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <mqtt/async_client.h>
#include <unistd.h>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using Text = std::shared_ptr<const std::string>;

constexpr const char* kPage = R"(<!doctype html><meta charset="utf-8"><title>relay</title>
<p><span data-value>-</span></p>
<script>
const shown = document.querySelector('[data-value]');
const socket = new WebSocket(`ws://${location.host}/live`);
socket.onopen = () => { document.body.dataset.connection = 'live'; };
socket.onmessage = (event) => { shown.textContent = JSON.parse(event.data).value; };
</script>
)";

class Viewer : public std::enable_shared_from_this<Viewer> {
 public:
  Viewer(tcp::socket socket, std::set<std::shared_ptr<Viewer>>& all) : socket_(std::move(socket)), all_(all) {}

  void start() {
    http::async_read(socket_.next_layer(), buffer_, request_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }
  void send(const Text& text) {
    waiting_.push_back(text);
    if (waiting_.size() == 1) write();
  }

 private:
  void answer() {
    if (!websocket::is_upgrade(request_)) return serve_page();
    socket_.next_layer().set_option(tcp::no_delay(true));
    socket_.async_accept(request_, [self = shared_from_this()](error_code error) {
      if (error) return;
      self->all_.insert(self);
      self->read();
    });
  }
  void serve_page() {
    page_.result(request_.target() == "/" ? http::status::ok : http::status::not_found);
    page_.set(http::field::content_type, "text/html");
    page_.body() = kPage;
    page_.prepare_payload();
    page_.keep_alive(false);
    http::async_write(socket_.next_layer(), page_, [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->socket_.next_layer().shutdown(tcp::socket::shutdown_both, ignored);
    });
  }
  // Nothing is expected of a viewer but its end.
  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      self->buffer_.clear();
      if (error) {
        self->all_.erase(self);
      } else {
        self->read();
      }
    });
  }
  void write() {
    socket_.text(true);
    socket_.async_write(asio::buffer(*waiting_.front()), [self = shared_from_this()](error_code error, std::size_t) {
      self->waiting_.pop_front();
      if (!error && !self->waiting_.empty()) self->write();
    });
  }

  websocket::stream<tcp::socket> socket_;
  std::set<std::shared_ptr<Viewer>>& all_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> page_;
  std::deque<Text> waiting_;
};

class Relay {
 public:
  Relay(const std::string& mqtt_port, const std::string& filter, std::uint16_t http_port)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), http_port}),
        input_(context_, STDIN_FILENO),
        client_("tcp://127.0.0.1:" + mqtt_port, "bench-relay-" + std::to_string(::getpid())) {
    client_.set_message_callback([this](const mqtt::const_message_ptr& message) {
      asio::post(context_, [this, text = std::make_shared<const std::string>(message->get_payload_str())] {
        for (const auto& viewer : viewers_) viewer->send(text);
      });
    });
    client_.connect(mqtt::connect_options_builder().clean_session().finalize())->wait();
    client_.subscribe(filter, 0)->wait();
  }

  void run() {
    accept();
    input_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code) { context_.stop(); });
    std::puts("ready");
    std::fflush(stdout);
    context_.run();
    client_.disconnect()->wait();
    viewers_.clear();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Viewer>(std::move(socket), viewers_)->start();
      accept();
    });
  }

  asio::io_context context_{1};
  std::set<std::shared_ptr<Viewer>> viewers_;
  tcp::acceptor acceptor_;
  asio::posix::stream_descriptor input_;
  mqtt::async_client client_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    Relay(argv[1], argv[2], static_cast<std::uint16_t>(std::strtol(argv[3], nullptr, 10))).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_relay: %s\n", error.what());
    return 1;
  }
  return 0;
}
