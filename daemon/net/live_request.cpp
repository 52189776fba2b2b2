#include "daemon/net/live_request.h"

#include <cmath>

#include <boost/json.hpp>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::net {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxId = 64;

core::Error bad(std::string message, std::string id = {}) {
  return core::make_error(core::ErrorCode::kInvalid, std::move(message), std::move(id));
}

// The id of a subscription: a short text, or a number taken as text.
core::Result<std::string> read_id(const json::object& message) {
  const json::value* id = message.if_contains("id");
  if (id == nullptr) return bad("\"id\" is missing: any text that names the subscription");
  if (id->is_int64()) return std::to_string(id->get_int64());
  if (!id->is_string() || id->get_string().empty() || id->get_string().size() > kMaxId) {
    return bad("\"id\" must be a text of 1 to 64 bytes");
  }
  return std::string(id->get_string());
}

core::Result<void> read_selectors(const json::object& message, Viewer::Wanted& wanted) {
  const json::value* series = message.if_contains("series");
  if (series != nullptr && series->is_string()) {
    wanted.selectors.emplace_back(series->get_string());
    return {};
  }
  if (series == nullptr || !series->is_array() || series->get_array().empty()) {
    return bad("\"series\" must be a list of selectors, such as [\"press7.*\"]", wanted.id);
  }
  for (const json::value& item : series->get_array()) {
    if (!item.is_string()) return bad("\"series\" must hold texts alone", wanted.id);
    wanted.selectors.emplace_back(item.get_string());
  }
  return {};
}

core::Result<void> read_numbers(const json::object& message, Viewer::Wanted& wanted) {
  if (const json::value* rate = message.if_contains("rate"); rate != nullptr && !rate->is_null()) {
    if (!rate->is_number() || !(rate->to_number<double>() > 0)) {
      return bad("\"rate\" must be a number of frames a second above 0", wanted.id);
    }
    wanted.rate = rate->to_number<double>();
  }
  if (const json::value* since = message.if_contains("since"); since != nullptr && !since->is_null()) {
    if (!since->is_int64() || since->get_int64() < 0) {
      return bad("\"since\" must be the \"seq\" of a frame", wanted.id);
    }
    wanted.since = since->get_int64();
  }
  return {};
}

}  // namespace

core::Result<LiveRequest> parse_live_request(std::string_view text) {
  json::parse_options options;
  options.max_depth = 4;
  boost::system::error_code failed;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed || !value.is_object()) return bad("a message must be a JSON object with \"op\"");
  const json::object& message = value.get_object();
  const json::value* op = message.if_contains("op");
  if (op == nullptr || !op->is_string()) return bad("\"op\" is missing: subscribe or unsubscribe");
  LiveRequest request;
  if (op->get_string() == "unsubscribe") {
    request.op = LiveRequest::Op::kUnsubscribe;
  } else if (op->get_string() != "subscribe") {
    return bad("\"op\" is '" + core::escape_line(core::cut_utf8(std::string_view(op->get_string()), 32)) +
               "': this server knows subscribe and unsubscribe");
  }
  auto id = read_id(message);
  if (!id) return id.error();
  request.wanted.id = std::move(*id);
  if (request.op == LiveRequest::Op::kUnsubscribe) return request;
  if (auto selectors = read_selectors(message, request.wanted); !selectors) return selectors.error();
  if (auto numbers = read_numbers(message, request.wanted); !numbers) return numbers.error();
  return request;
}

}  // namespace telltale::net
