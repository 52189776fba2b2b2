#include "daemon/net/site.h"

#include <exception>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/net/cors.h"
#include "daemon/net/forwarded.h"
#include "daemon/net/https_redirect.h"
#include "daemon/net/identify.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

std::string_view method_text(Method method) {
  if (method == Method::kPost) return "POST";
  if (method == Method::kDelete) return "DELETE";
  return method == Method::kPut ? "PUT" : "GET, HEAD";
}

// Whoever does what an admin does leaves a line in the log.
Respond audited(const Request& request, const core::Logger& log, Respond respond) {
  const std::string who = request.identity ? request.identity->who : "a local user";
  const std::string address = request.peer.address;
  const std::string where = address.empty() ? "the device's socket" : address;
  const std::string what = core::escape_line(core::cut_utf8(request.target.path, 200));
  return
      [who, where, what, method = method_text(request.method), log, respond = std::move(respond)](Response response) {
        log.notice("audit: {} from {}: {} {}: {}", who, where, method, what, response.status);
        respond(std::move(response));
      };
}

}  // namespace

Site::Site(const SiteOptions& options, Dependencies dependencies, std::shared_ptr<EventLoop> loop)
    : access_(options.access),
      place_(options.place),
      assets_(dependencies.assets, options.place.base_path),
      rate_(std::chrono::seconds(10)),
      hub_({dependencies.catalog, dependencies.pipeline, dependencies.clock, loop, dependencies.log,
            dependencies.facts.version, dependencies.facts.boot_id},
           options.live),
      queries_(
          std::make_unique<WorkPool>("query", WorkPool::Size{options.http.query_threads, options.http.query_queue})),
      facts_(std::make_unique<WorkPool>("facts", WorkPool::Size{1, options.http.fact_queue})),
      logins_(std::make_unique<WorkPool>("login", WorkPool::Size{1, options.http.login_queue})),
      context_{std::move(dependencies),
               options.http,
               std::move(loop),
               hub_,
               *queries_,
               *facts_,
               *logins_,
               counters_,
               rate_,
               access_,
               place_,
               options.tls} {}

Site::~Site() { shut_down(); }

// The pools first: what runs in them uses all the rest.
void Site::shut_down() {
  shut_down_ = true;
  queries_.reset();
  facts_.reset();
  logins_.reset();
  hub_.shut_down();
}

bool Site::trusts(const Peer& peer) const {
  return peer.kind != PeerKind::kUnixSocket && is_trusted(peer.address, access_.proxies);
}

void Site::receive(Request& head) const {
  Arrival arrival = arrival_of(head, access_.proxies);
  head.secure = head.secure || arrival.secure;
  head.peer = std::move(arrival.peer);
  if (arrival.host && head.count("host") == 1) {
    std::erase_if(head.headers, [](const auto& field) { return field.first == "host"; });
    head.headers.emplace_back("host", std::move(*arrival.host));
  }
  // A proxy may take the base path away or leave it.
  const std::string& base = place_.base_path;
  std::string& path = head.target.path;
  if (base.empty() || !path.starts_with(base)) return;
  if (path.size() == base.size()) {
    path = "/";
  } else if (path[base.size()] == '/') {
    path.erase(0, base.size());
  }
}

Response Site::to_https(const Request& head, std::string_view target, std::uint16_t port) {
  ++counters_.requests;
  return https_redirect(head, target, port, access_.names);
}

Site::Found Site::find(const Request& head) const {
  Found found;
  const Method method = head.method == Method::kHead ? Method::kGet : head.method;
  for (const Route& route : route_table()) {
    if (!matches_path(route.path, head.target.path)) continue;
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += method_text(route.method);
    if (route.method != method) continue;
    found.route = &route;
    found.need = route.need;
  }
  // The page holds nothing of the device, and shows the login.
  if (found.allowed.empty()) found.need = Need::kOpen;
  if (found.allowed.empty() && assets_.has(head.target.path)) found.allowed = method_text(Method::kGet);
  return found;
}

Site::Admission Site::admit(const Request& head) {
  ++counters_.requests;
  if (shut_down_) return {busy("the daemon is stopping"), nullptr, 0, {}, {}};
  const std::string_view origin = head.header("origin");
  Admission admission =
      is_listed(origin, access_.origins) && is_preflight(head) ? admit_preflight(head) : look_at(head);
  if (!is_listed(origin, access_.origins)) return admission;
  admission.shared_with = origin;
  if (admission.refusal) share_with(*admission.refusal, origin);
  return admission;
}

// By itself it does nothing, and tells which methods a path has: no more than the documentation.
Site::Admission Site::admit_preflight(const Request& head) const {
  Admission admission;
  if (!is_own_host(head.header("host"), access_.names)) {
    admission.refusal = problem(421, "this device does not go by that name");
  } else if (const Found found = find(head); found.route == nullptr && found.allowed.empty()) {
    admission.refusal = problem(404, "there is nothing at this path");
  } else {
    admission.refusal = preflight(found.allowed);
  }
  return admission;
}

Site::Admission Site::look_at(const Request& head) {
  const Found found = find(head);
  const Shown shown = identify(head, context_.parts.accounts);
  Admission admission;
  admission.identity = shown.identity;
  if (const Verdict verdict = decide(question_of(head, shown, found.need), access_); !verdict.allowed()) {
    ++counters_.refused;
    admission.refusal = problem(verdict.status, verdict.detail);
    if (verdict.status == 401) admission.refusal->headers.emplace_back("WWW-Authenticate", "Bearer realm=\"telltale\"");
    return admission;
  }
  if (found.allowed.empty()) {
    admission.refusal = assets_.lost(head);
    if (!admission.refusal) {
      admission.refusal =
          problem(404, "there is nothing at '" + core::escape_line(core::cut_utf8(head.target.path, 100)) +
                           "': the API is under /api/v1, the page at /");
    }
  } else if (head.method == Method::kOptions) {
    admission.refusal = empty_response(204);
    admission.refusal->headers.emplace_back("Allow", found.allowed + ", OPTIONS");
  } else if (found.route == nullptr && !(found.allowed == method_text(Method::kGet) && assets_.has(head.target.path) &&
                                         (head.method == Method::kGet || head.method == Method::kHead))) {
    admission.refusal = problem(405, "this takes " + found.allowed);
    admission.refusal->headers.emplace_back("Allow", found.allowed + ", OPTIONS");
  }
  admission.route = found.route;
  admission.body_limit = context_.limits.*(found.route != nullptr ? found.route->body : &HttpLimits::body_bytes);
  return admission;
}

void Site::serve(const Admission& admission, Request request, Respond respond) {
  if (shut_down_) return respond(busy("the daemon is stopping"));
  if (!admission.shared_with.empty()) {
    respond = [respond = std::move(respond), origin = admission.shared_with](Response response) {
      share_with(response, origin);
      respond(std::move(response));
    };
  }
  if (admission.route == nullptr) return respond(assets_.serve(request));
  const std::string path = request.target.path;
  request.identity = admission.identity;
  const bool told = (request.method != Method::kGet && request.method != Method::kHead) ||
                    admission.route->handler == get_backup;  // it takes everything there is
  if (admission.route->need == Need::kAdmin && told) respond = audited(request, context_.parts.log, respond);
  // Handlers answer once, by themselves or later; one that throws has not answered.
  try {
    admission.route->handler(context_, std::move(request), respond);
  } catch (const std::exception& failure) {
    context_.parts.log.error("{} failed: {}", path, failure.what());
    respond(problem(500, "the daemon failed at this; its log says why"));
  }
}

void Site::tick() {
  rate_.sample(context_.parts.clock.boot_now(), context_.parts.pipeline.stats().readings);
  hub_.tick();
}

}  // namespace telltale::net
