// POST /api/v1/inputs/ID/write, POST /api/v1/ingest/ID: what somebody wants of one input's plugin
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "daemon/core/escape.h"
#include "daemon/core/gzip.h"
#include "daemon/core/utf8.h"
#include "daemon/net/handlers.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

namespace json = boost::json;
using core::ErrorCode;
using core::make_error;

constexpr std::size_t kMaxOutputNameBytes = 512;
constexpr std::size_t kMaxOutputTextBytes = 4'096;
constexpr double kMostSeconds = 30;
constexpr std::size_t kMaxDepth = 8;

core::Error bad(std::string what) { return make_error(ErrorCode::kInvalid, std::move(what)); }

// What stands between the prefix and the next slash.
std::string id_after(std::string_view prefix, const Target& target) {
  const std::string_view rest = std::string_view(target.path).substr(prefix.size());
  return std::string(rest.substr(0, rest.find('/')));
}

core::Result<void> read_value(const json::object& object, core::OutputRequest& output) {
  const json::value* value = object.if_contains("value");
  const json::value* text = object.if_contains("text");
  if ((value == nullptr) == (text == nullptr)) return bad("say either \"value\", a number, or \"text\"");
  if (text != nullptr) {
    const json::string* given = text->if_string();
    if (given == nullptr || given->size() > kMaxOutputTextBytes) return bad("\"text\" must be a text of at most 4 KiB");
    output.text.assign(given->data(), given->size());
    return {};
  }
  if (value->is_bool()) {
    output.value = value->get_bool() ? 1 : 0;
    return {};
  }
  if (!value->is_number()) return bad("\"value\" must be a number, or true or false");
  output.value = value->to_number<double>();
  if (!std::isfinite(output.value)) return bad("\"value\" must be finite");
  return {};
}

core::Result<core::OutputRequest> read_output(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code failed;
  const json::value document = json::parse(json::string_view(body.data(), body.size()), failed, {}, options);
  const json::object* object = failed ? nullptr : document.if_object();
  if (object == nullptr) return bad("the body must be a JSON object, {\"name\": \"valve\", \"value\": 1}");
  for (const auto& member : *object) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key != "name" && key != "value" && key != "text" && key != "timeout") {
      return bad("unknown key '" + core::escape_line(core::cut_utf8(key, 64)) +
                 "': there are name, value, text, timeout");
    }
  }
  core::OutputRequest output;
  const json::value* name = object->if_contains("name");
  if (name == nullptr || !name->is_string() || name->get_string().empty() ||
      name->get_string().size() > kMaxOutputNameBytes) {
    return bad("\"name\" must name the output, as the input's options do");
  }
  output.name.assign(name->get_string().data(), name->get_string().size());
  if (auto read = read_value(*object, output); !read) return read.error();
  if (const json::value* timeout = object->if_contains("timeout"); timeout != nullptr) {
    const double seconds = timeout->is_number() ? timeout->to_number<double>() : 0;
    if (!(seconds > 0 && seconds <= kMostSeconds)) return bad("\"timeout\" must be a number of seconds up to 30");
    output.patience = core::Duration(static_cast<std::int64_t>(seconds * 1e9));
  }
  return output;
}

// application/json; charset=utf-8 -> application/json
std::string media_type_of(std::string_view header) {
  std::string_view type = header.substr(0, header.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  std::string small(core::cut_utf8(type, 128));
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

// A device that refuses is no fault of this server's, and none of the client's.
Response outcome_response(const core::Result<void>& outcome) {
  if (outcome) return empty_response(204);
  return outcome.error().code == ErrorCode::kIo ? problem(502, outcome.error().text()) : problem(outcome.error());
}

void hand_over(Context& context, const std::string& id, core::InputRequest request, Respond respond) {
  context.parts.inputs.request(
      id, std::move(request), [loop = context.loop, respond = std::move(respond)](core::Result<void> outcome) {
        loop->post([respond, outcome = std::move(outcome)] { respond(outcome_response(outcome)); });
      });
}

}  // namespace

void write_output(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  const std::string id = id_after("/api/v1/inputs/", request.target);
  auto output = read_output(request.body);
  if (!output) return respond(problem(output.error()));
  context.parts.log.notice("input {}: {} is to be set to {} on request of {}", id, core::escape_line(output->name),
                           output->text.empty() ? std::to_string(output->value) : core::escape_line(output->text),
                           request.peer.address.empty() ? "a local user" : request.peer.address);
  hand_over(context, id, std::move(*output), std::move(respond));
}

void post_document(Context& context, Request request, Respond respond) {
  const std::string id = id_after("/api/v1/ingest/", request.target);
  auto body =
      core::plain_body(std::move(request.body), request.header("content-encoding"), context.limits.ingest_bytes);
  if (!body) {
    return respond(body.error().code == ErrorCode::kLimit ? problem(413, body.error().message) : problem(body.error()));
  }
  core::PostedDocument document{std::move(*body), media_type_of(request.header("content-type"))};
  hand_over(context, id, std::move(document), std::move(respond));
}

}  // namespace telltale::net
