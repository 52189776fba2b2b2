#include "tests/unit/net/running_server.h"

#include <cstring>
#include <future>

#include <arpa/inet.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

namespace telltale::test {

struct RunningServer::Context {
  boost::asio::io_context io;
};

RunningServer::RunningServer(net::ServerOptions options) : context_(std::make_unique<Context>()) {
  options.address = "127.0.0.1";
  options.port = 0;
  options.only_loopback = true;
  server_ = std::make_unique<net::Server>(context_->io, options, world.dependencies());
  if (auto started = server_->start(); !started) throw std::runtime_error(started.error().text());
  thread_ = std::thread([this] { context_->io.run(); });
}

RunningServer::~RunningServer() {
  stop();
  server_.reset();
}

void RunningServer::stop() {
  if (!thread_.joinable()) return;
  world.history.block(false);
  server_->stop();
  thread_.join();
}

void RunningServer::settle() {
  std::promise<void> done;
  boost::asio::post(context_->io, [&] { done.set_value(); });
  done.get_future().wait();
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("connect");
  }
  const timeval patience{10, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

RawClient::RawClient(const std::string& socket) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof(address.sun_path) - 1);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("connect");
  }
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server may have said its last word already
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::fill() {
  char part[16'384];
  const auto got = ::recv(socket_.get(), part, sizeof(part), 0);
  if (got <= 0) return false;
  buffer_.append(part, static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  std::string out = buffer_.substr(0, at + end.size());
  buffer_.erase(0, out.size());
  return out;
}

std::string RawClient::read_exactly(std::size_t bytes) {
  while (buffer_.size() < bytes && fill()) {
  }
  std::string out = buffer_.substr(0, bytes);
  buffer_.erase(0, out.size());
  return out;
}

std::string RawClient::read_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string Answer::field(std::string_view name) const {
  std::size_t begin = 0;
  while (begin < head.size()) {
    const std::size_t end = head.find("\r\n", begin);
    const std::string line = head.substr(begin, end - begin);
    begin = end == std::string::npos ? head.size() : end + 2;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string key = line.substr(0, colon);
    for (char& c : key) c = static_cast<char>(std::tolower(c));
    if (key == name) return line.substr(colon + 2);
  }
  return {};
}

Answer read_answer(RawClient& client, bool head_only) {
  Answer answer;
  answer.head = client.read_until("\r\n\r\n");
  if (answer.head.size() > 12) answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
  const std::string length = answer.field("content-length");
  if (!head_only && !length.empty()) answer.body = client.read_exactly(std::stoul(length));
  return answer;
}

Answer fetch(std::uint16_t port, std::string_view method, std::string_view target, std::string_view fields,
             std::string_view body) {
  RawClient client(port);
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: localhost:{}\r\n{}", method, target, port, fields);
  if (!body.empty()) request += fmt::format("Content-Length: {}\r\n", body.size());
  client.send(request + "\r\n" + std::string(body));
  return read_answer(client, method == "HEAD");
}

std::int64_t open_connections(const RunningServer& running) {
  const Answer status = fetch(running.port(), "GET", "/api/v1/status");
  return boost::json::parse(status.body).at("server").at("connections").to_number<std::int64_t>();
}

}  // namespace telltale::test
