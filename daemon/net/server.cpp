#include "daemon/net/server.h"

#include <atomic>

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "daemon/net/asio_loop.h"
#include "daemon/net/hall.h"
#include "daemon/net/listen_socket.h"
#include "daemon/net/listener.h"
#include "daemon/net/own_addresses.h"

namespace telltale::net {

namespace {

constexpr std::chrono::milliseconds kGoodbyeStep{10};
constexpr int kGoodbyeSteps = 100;

// How often the certificate is looked at: addresses come and go, and files are changed by others.
constexpr std::chrono::seconds kCertificateLook{10};

// The names this device is reached by: its host name, that name under .local (mDNS), and what was configured.
std::vector<std::string> own_names(const std::vector<std::string>& configured) {
  std::vector<std::string> names = host_names();
  for (const std::string& name : configured) names.push_back(lower_case(name));
  return names;
}

// None: there is no TLS.
std::shared_ptr<TlsKeeper> make_keeper(const ServerOptions& options, const Dependencies& parts) {
  if (options.tls.mode == TlsMode::kOff) return nullptr;
  TlsOptions tls = options.tls;
  tls.names = own_names(options.names);
  if (!tls.addresses && !options.only_loopback) tls.addresses = own_addresses;
  return std::make_shared<TlsKeeper>(std::move(tls), parts.clock, parts.log);
}

Place place_of(const ServerOptions& options) {
  return {options.tls.mode != TlsMode::kOff, options.address, options.port, options.base_path};
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(boost::asio::io_context& io, const ServerOptions& chosen, Dependencies dependencies)
      : context(io),
        options(chosen),
        loop(make_asio_loop(io)),
        keeper(make_keeper(chosen, dependencies)),
        site(std::make_shared<Site>(SiteOptions{{chosen.view, chosen.write, own_names(chosen.names),
                                                 chosen.only_loopback, chosen.proxies, chosen.origins},
                                                chosen.http,
                                                chosen.live,
                                                place_of(chosen),
                                                keeper},
                                    std::move(dependencies), loop)),
        connections(std::make_shared<Connections>(chosen.http, site->counters())) {}

  core::Result<void> start();
  void listen(core::Fd socket, Hall hall);
  void tick();
  void look_at_certificate();
  void stop();
  void wait_for_goodbyes();
  void end();

  boost::asio::io_context& context;
  ServerOptions options;
  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<TlsKeeper> keeper;
  std::shared_ptr<Site> site;
  std::shared_ptr<Connections> connections;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::unique_ptr<LoopTimer> sweeper;
  std::unique_ptr<LoopTimer> goodbye;
  core::BootTime ticked_at{};
  core::BootTime looked_at{};
  bool looking = false;
  std::atomic<std::uint16_t> bound_port{0};
  int tcp_socket = -1;  // its listener's
  std::atomic<std::uint16_t> bound_redirect{0};
  int goodbye_steps = 0;
  bool stopping = false;
};

core::Result<void> Server::Impl::start() {
  struct Listening {
    core::Fd socket;
    Hall hall;
  };
  std::vector<Listening> sockets;
  if (!options.address.empty()) {
    auto tcp = listen_tcp(options.address, options.port, options.handed_down);
    if (!tcp) return tcp.error();
    bound_port = port_of(*tcp);
    tcp_socket = tcp->get();
    site->set_port(bound_port);
    sockets.push_back({std::move(*tcp), Hall{site, connections, keeper}});
  }
  if (!options.redirect_address.empty()) {
    auto plain = listen_tcp(options.redirect_address, options.redirect_port);
    if (!plain) return plain.error();
    bound_redirect = port_of(*plain);
    sockets.push_back({std::move(*plain), Hall{site, connections, nullptr, bound_port.load()}});
  }
  if (!options.socket.empty()) {
    auto local = listen_unix(options.socket);
    if (!local) return local.error();
    sockets.push_back({std::move(*local), Hall{site, connections}});
  }
  // Before the thread runs: nobody waits for the disk.
  if (keeper != nullptr) {
    if (auto ready = keeper->refresh(); !ready) return ready.error().in("TLS");
  }
  for (Listening& one : sockets) listen(std::move(one.socket), std::move(one.hall));
  sweeper = loop->make_timer([this] { tick(); });
  sweeper->arm(options.http.sweep);
  return {};
}

void Server::Impl::listen(core::Fd socket, Hall hall) {
  auto listener = std::make_shared<Listener>(context, std::move(socket), std::move(hall));
  listener->start();
  listeners.push_back(std::move(listener));
}

void Server::Impl::look_at_certificate() {
  if (keeper == nullptr || looking) return;
  const auto job = [looked = keeper, log = site->log(), weak = weak_from_this(), loop = loop] {
    if (const auto done = looked->refresh(); !done) log.error("TLS: {}", done.error().text());
    loop->post([weak] {
      if (const auto impl = weak.lock()) impl->looking = false;
    });
  };
  looking = site->run_aside(job);
  looked_at = site->clock().boot_now();
}

void Server::Impl::tick() {
  const core::BootTime now = site->clock().boot_now();
  connections->sweep(now);
  // The hub's tick is once a second, however often deadlines are looked at.
  if (now - ticked_at >= std::chrono::milliseconds(900)) {
    ticked_at = now;
    site->tick();
    if (now - looked_at >= kCertificateLook) look_at_certificate();
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

std::uint16_t Server::redirect_port() const { return impl_->bound_redirect; }

std::vector<std::string> Server::urls() const {
  Place place = place_of(impl_->options);
  place.port = impl_->bound_port;
  return urls_of(place, host_names(), own_addresses());
}

void Server::refresh_certificate() {
  impl_->loop->post([weak = std::weak_ptr<Impl>(impl_)] {
    if (const auto impl = weak.lock()) impl->look_at_certificate();
  });
}

core::LiveSink& Server::live_sink() { return impl_->site->hub(); }

}  // namespace telltale::net
