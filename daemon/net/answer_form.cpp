#include "daemon/net/answer_form.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "daemon/core/gzip.h"
#include "daemon/net/assets.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

// Below it an answer fits into one packet anyway.
constexpr std::size_t kLeastToCompress = 1'200;

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;  // past the last; empty: not satisfiable
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One range of bytes; none: what is not understood is as if it was not there.
std::optional<Span> span_of(std::string_view range, std::size_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!range.starts_with(kUnit)) return std::nullopt;
  range.remove_prefix(kUnit.size());
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto last = number(range.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return std::nullopt;
    return Span{size - std::min(*last, size), size};
  }
  const auto first = number(range.substr(0, dash));
  const bool open = dash + 1 == range.size();
  if (!first || (!open && (!last || *last < *first))) return std::nullopt;
  return Span{*first, open ? size : std::min(size - 1, *last) + 1};
}

bool is_fixed(const Response& response) {
  return response.status == 200 && response.pieces == nullptr && response.events == nullptr &&
         response.websocket == nullptr;
}

bool has_tag(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [](const auto& field) { return field.first == "ETag"; });
}

}  // namespace

AnswerForm form_of(const Request& request) {
  AnswerForm form;
  form.reads = request.method == Method::kGet || request.method == Method::kHead;
  if (!form.reads) return form;
  form.gzip = accepts(request.header("accept-encoding"), "gzip");
  form.if_none_match = request.header("if-none-match");
  // A range of HEAD has no meaning, RFC 9110, 14.2.
  if (request.method == Method::kGet) form.range = request.header("range");
  form.if_range = request.header("if-range");
  return form;
}

void cut_range(Response& response, const AnswerForm& form, std::string_view tag) {
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (form.range.empty() || (!form.if_range.empty() && form.if_range != tag)) return;
  const std::size_t size = response.body_size();
  const auto span = size == 0 ? std::nullopt : span_of(form.range, size);
  if (!span) return;
  if (span->begin >= span->end) {
    response = problem(416, fmt::format("this answer has {} bytes", size));
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    return;
  }
  response.status = 206;
  response.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", span->begin, span->end - 1, size));
  if (response.static_body.empty()) {
    response.body = response.body.substr(span->begin, span->end - span->begin);
  } else {
    response.static_body = response.static_body.subspan(span->begin, span->end - span->begin);
  }
}

void give_form(Response& response, const AnswerForm& form) {
  if (!form.reads || !is_fixed(response) || has_tag(response)) return;
  const bool zipped = form.gzip && response.body.size() >= kLeastToCompress;
  const std::string tag =
      fmt::format("\"{:016x}{}\"", std::hash<std::string_view>()(response.body), zipped ? "-gz" : "");
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (matches_etag(form.if_none_match, tag)) {
    response.status = 304;
    response.body.clear();
    return;
  }
  if (zipped) {
    response.body = core::gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  cut_range(response, form, tag);
}

}  // namespace telltale::net
