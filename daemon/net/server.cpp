#include "daemon/net/server.h"

#include <algorithm>
#include <array>
#include <atomic>

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "daemon/net/asio_loop.h"
#include "daemon/net/hall.h"
#include "daemon/net/listen_socket.h"
#include "daemon/net/listener.h"

namespace telltale::net {

namespace {

constexpr std::chrono::milliseconds kGoodbyeStep{10};
constexpr int kGoodbyeSteps = 100;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// The names this device is reached by: its host name, that name under .local (mDNS), and what was configured.
std::vector<std::string> own_names(const std::vector<std::string>& configured) {
  std::vector<std::string> names;
  std::array<char, 256> text{};
  if (::gethostname(text.data(), text.size() - 1) == 0 && text[0] != '\0') {
    const std::string host = lower(text.data());
    names.push_back(host);
    names.push_back(host + ".local");
    if (const auto dot = host.find('.'); dot != std::string::npos) {
      names.push_back(host.substr(0, dot));
      names.push_back(host.substr(0, dot) + ".local");
    }
  }
  for (const std::string& name : configured) names.push_back(lower(name));
  return names;
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(boost::asio::io_context& io, const ServerOptions& chosen, Dependencies dependencies)
      : context(io),
        options(chosen),
        loop(make_asio_loop(io)),
        site(std::make_shared<Site>(
            SiteOptions{
                {chosen.view, chosen.write, own_names(chosen.names), chosen.only_loopback}, chosen.http, chosen.live},
            std::move(dependencies), loop)),
        connections(std::make_shared<Connections>(chosen.http, site->counters())) {}

  core::Result<void> start();
  void listen(core::Fd socket);
  void tick();
  void stop();
  void wait_for_goodbyes();
  void end();

  boost::asio::io_context& context;
  ServerOptions options;
  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<Site> site;
  std::shared_ptr<Connections> connections;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::unique_ptr<LoopTimer> sweeper;
  std::unique_ptr<LoopTimer> goodbye;
  core::BootTime ticked_at{};
  std::atomic<std::uint16_t> bound_port{0};
  int tcp_socket = -1;  // its listener's
  int goodbye_steps = 0;
  bool stopping = false;
};

core::Result<void> Server::Impl::start() {
  std::vector<core::Fd> sockets;
  if (!options.address.empty()) {
    auto tcp = listen_tcp(options.address, options.port, options.handed_down);
    if (!tcp) return tcp.error();
    bound_port = port_of(*tcp);
    tcp_socket = tcp->get();
    sockets.push_back(std::move(*tcp));
  }
  if (!options.socket.empty()) {
    auto local = listen_unix(options.socket);
    if (!local) return local.error();
    sockets.push_back(std::move(*local));
  }
  for (core::Fd& socket : sockets) listen(std::move(socket));
  sweeper = loop->make_timer([this] { tick(); });
  sweeper->arm(options.http.sweep);
  return {};
}

void Server::Impl::listen(core::Fd socket) {
  auto listener = std::make_shared<Listener>(context, std::move(socket), Hall{site, connections});
  listener->start();
  listeners.push_back(std::move(listener));
}

void Server::Impl::tick() {
  const core::BootTime now = site->clock().boot_now();
  connections->sweep(now);
  // The hub's tick is once a second, however often deadlines are looked at.
  if (now - ticked_at >= std::chrono::milliseconds(900)) {
    ticked_at = now;
    site->tick();
  }
  sweeper->arm(options.http.sweep);
}

void Server::Impl::stop() {
  if (std::exchange(stopping, true)) return;
  for (const auto& listener : listeners) listener->stop();
  tcp_socket = -1;
  if (sweeper != nullptr) sweeper->cancel();
  site->hub().shut_down();
  connections->finish();
  goodbye = loop->make_timer([this] { wait_for_goodbyes(); });
  wait_for_goodbyes();
}

void Server::Impl::wait_for_goodbyes() {
  if (connections->empty() || ++goodbye_steps > kGoodbyeSteps) return end();
  goodbye->arm(kGoodbyeStep);
}

void Server::Impl::end() {
  connections->abort();
  if (!options.socket.empty() && !listeners.empty()) (void)::unlink(options.socket.c_str());
  listeners.clear();
}

Server::Server(boost::asio::io_context& context, const ServerOptions& options, Dependencies dependencies)
    : impl_(std::make_shared<Impl>(context, options, std::move(dependencies))) {}

Server::~Server() {
  for (const auto& listener : impl_->listeners) listener->stop();
  impl_->end();
  impl_->sweeper.reset();
  impl_->goodbye.reset();
  impl_->site->shut_down();
  impl_->connections->detach();
}

core::Result<void> Server::start() { return impl_->start(); }

void Server::stop() {
  impl_->loop->post([weak = std::weak_ptr<Impl>(impl_)] {
    if (const auto impl = weak.lock()) impl->stop();
  });
}

std::uint16_t Server::port() const { return impl_->bound_port; }

int Server::listening_socket() const { return impl_->tcp_socket; }

core::LiveSink& Server::live_sink() { return impl_->site->hub(); }

}  // namespace telltale::net
