// All of the server but its sockets: routes, access rules, the page, the live hub and the pools. Connections bring it
// requests as plain values. Owned by the server; net thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/net/access.h"
#include "daemon/net/assets.h"
#include "daemon/net/context.h"
#include "daemon/net/http_message.h"
#include "daemon/net/route_table.h"
#include "daemon/net/tls_keeper.h"

namespace telltale::net {

struct SiteOptions {
  AccessPolicy access;
  HttpLimits http;
  LiveLimits live;
  Place place = {};
  std::shared_ptr<const TlsKeeper> tls = {};  // none: there is no TLS
};

class Site {
 public:
  Site(const SiteOptions& options, Dependencies dependencies, std::shared_ptr<EventLoop> loop);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site();

  // Whether a connection is one of a proxy's that is believed.
  [[nodiscard]] bool trusts(const Peer& peer) const;
  // Makes of what came over the connection what its sender asked for: before the proxy, without the base path.
  void receive(Request& head) const;
  // The answer where only HTTPS is spoken: see https_redirect().
  [[nodiscard]] Response to_https(const Request& head, std::string_view target, std::uint16_t port);
  // The port is known once the server listens.
  void set_port(std::uint16_t port) { place_.port = port; }
  // Runs what blocks, on the thread of facts. False when its queue is full.
  [[nodiscard]] bool run_aside(std::function<void()> job) {
    return facts_ != nullptr && facts_->submit(std::move(job));
  }

  // What is decided from the header alone, before a byte of the body is read.
  struct Admission {
    std::optional<Response> refusal;  // the answer, and the end of it
    const Route* route = nullptr;     // none: a file of the page, or OPTIONS
    std::size_t body_limit = 0;
    std::optional<core::Identity> identity;
    std::string shared_with;  // origin of another site's page that may see the answer; empty: none
  };
  [[nodiscard]] Admission admit(const Request& head);
  // Answers an admitted request.
  void serve(const Admission& admission, Request request, Respond respond);
  void tick();
  // No more frames, no more jobs; waits for the jobs that run.
  void shut_down();

  [[nodiscard]] LiveHub& hub() { return hub_; }
  [[nodiscard]] HttpCounters& counters() { return counters_; }
  [[nodiscard]] const HttpLimits& limits() const { return context_.limits; }
  [[nodiscard]] const core::Clock& clock() const { return context_.parts.clock; }
  [[nodiscard]] const core::Logger& log() const { return context_.parts.log; }
  [[nodiscard]] const std::shared_ptr<EventLoop>& loop() const { return context_.loop; }

 private:
  struct Found {
    const Route* route = nullptr;
    std::string allowed;  // methods of the path; empty: there is no such path
    Need need = Need::kRead;
  };
  [[nodiscard]] Found find(const Request& head) const;
  [[nodiscard]] Admission look_at(const Request& head);
  [[nodiscard]] Admission admit_preflight(const Request& head) const;

  AccessPolicy access_;
  Place place_;
  Assets assets_;
  HttpCounters counters_;
  RateMeter rate_;
  LiveHub hub_;
  std::unique_ptr<WorkPool> queries_;
  std::unique_ptr<WorkPool> facts_;
  std::unique_ptr<WorkPool> logins_;
  Context context_;
  bool shut_down_ = false;
};

}  // namespace telltale::net
