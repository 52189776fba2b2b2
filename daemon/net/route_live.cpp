// GET /api/v1/events, /api/v1/live
#include <charconv>

#include "daemon/net/handlers.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"
#include "daemon/net/viewer.h"

namespace telltale::net {

namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

core::Result<Viewer::Wanted> wanted_of(const Request& request) {
  auto known = only_parameters(request.target, {"series", "match", "rate", "since"});
  if (!known) return known.error();
  Viewer::Wanted wanted;
  wanted.id = "events";
  for (const auto& [name, value] : request.target.parameters) {
    if (name != "series" && name != "match") continue;
    if (auto selector = core::Selector::parse(value); !selector) return bad_parameter(name, selector.error().message);
    wanted.selectors.push_back(value);
  }
  if (wanted.selectors.empty()) wanted.selectors.emplace_back("*");
  if (const auto text = request.target.find("rate")) {
    wanted.rate = number_of<double>(*text);
    if (!wanted.rate || !(*wanted.rate > 0)) {
      return bad_parameter("rate", "must be a number of frames a second above 0");
    }
  }
  if (const auto text = request.target.find("since")) {
    wanted.since = number_of<std::int64_t>(*text);
    if (!wanted.since || *wanted.since < 0) return bad_parameter("since", "must be the id of an event: a number");
  }
  // A browser that comes back sends the header; the parameter is for those who cannot. An id of somebody else's stream
  // is no reason to refuse it: browsers would not try again.
  if (const auto seen = number_of<std::int64_t>(request.header("last-event-id")); seen && *seen >= 0) {
    wanted.since = seen;
  }
  return wanted;
}

// The first form in a client's list of subprotocols (RFC 6455, 11.3.4) that we speak.
std::optional<LiveForm> form_of(std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view token = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (token.starts_with(' ') || token.starts_with('\t')) token.remove_prefix(1);
    while (token.ends_with(' ') || token.ends_with('\t')) token.remove_suffix(1);
    for (const LiveForm form : {LiveForm::kJson, LiveForm::kBinary}) {
      if (token == subprotocol_of(form)) return form;
    }
  }
  return std::nullopt;
}

}  // namespace

void get_events(Context& context, Request request, Respond respond) {
  const auto wanted = wanted_of(request);
  if (!wanted) return respond(problem(wanted.error()));
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx would hold frames back
  if (request.method == Method::kHead) return respond(std::move(response));
  auto viewer = std::make_shared<Viewer>(context.hub);
  viewer->greet();
  if (auto done = viewer->subscribe(*wanted); !done) return respond(problem(done.error()));
  response.events = std::move(viewer);
  if (request.identity) response.ended = request.identity->ended;
  respond(std::move(response));
}

void get_live(Context& context, Request request, Respond respond) {
  if (!request.upgrade) {
    Response response = problem(426,
                                "this is a WebSocket: connect to it as one, with subprotocol telltale.json.v1 or"
                                " telltale.binary.v1");
    response.headers.emplace_back("Upgrade", "websocket");
    return respond(std::move(response));
  }
  const std::string_view offered = request.header("sec-websocket-protocol");
  const auto form = offered.empty() ? LiveForm::kJson : form_of(offered);
  if (!form) {
    return respond(problem(400, "this server speaks the subprotocols telltale.json.v1 and telltale.binary.v1"));
  }
  Response response = empty_response(101);
  if (!offered.empty()) response.headers.emplace_back("Sec-WebSocket-Protocol", std::string(subprotocol_of(*form)));
  response.websocket = std::make_shared<Viewer>(context.hub, *form);
  response.websocket->greet();
  if (request.identity) response.ended = request.identity->ended;
  respond(std::move(response));
}

}  // namespace telltale::net
