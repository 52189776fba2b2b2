#include "daemon/net/http_message.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace telltale::net {

namespace {

// No inline script, nothing from elsewhere, in nobody's frame.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// Half a year. Without its subdomains: they may be other devices.
constexpr std::string_view kOnlyHttps = "max-age=15768000";

bool is_field_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_field_text(name) || !is_field_text(value)) return;
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool has_field(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& field) { return field.first == name; });
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [&](const auto& field) { return field.first == name; }));
}

Response json_response(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Response text_response(std::string body, std::string content_type) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

Response empty_response(unsigned status) {
  Response response;
  response.status = status;
  return response;
}

std::string header_text(const Response& response, const HeaderFacts& facts) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  out.reserve(1'024);
  append_field(out, "Server", "telltale");
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  if (!has_field(response, "Cache-Control")) append_field(out, "Cache-Control", "no-store");
  append_field(out, "Content-Security-Policy", kPolicy);
  append_field(out, "X-Content-Type-Options", "nosniff");
  append_field(out, "X-Frame-Options", "DENY");
  append_field(out, "Referrer-Policy", "no-referrer");
  if (!has_field(response, "Cross-Origin-Resource-Policy")) {
    append_field(out, "Cross-Origin-Resource-Policy", "same-origin");
  }
  if (facts.only_https) append_field(out, "Strict-Transport-Security", kOnlyHttps);
  if (facts.chunked) {
    append_field(out, "Transfer-Encoding", "chunked");
  } else if (response.events == nullptr && response.status != 204 && response.status != 304) {
    append_field(out, "Content-Length", fmt::format("{}", response.body_size()));
  }
  append_field(out, "Connection", facts.keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

std::string_view reason_phrase(unsigned status) {
  struct Phrase {
    unsigned status;
    std::string_view text;
  };
  static constexpr std::array<Phrase, 29> kPhrases = {{{200, "OK"},
                                                       {204, "No Content"},
                                                       {206, "Partial Content"},
                                                       {304, "Not Modified"},
                                                       {308, "Permanent Redirect"},
                                                       {400, "Bad Request"},
                                                       {401, "Unauthorized"},
                                                       {403, "Forbidden"},
                                                       {404, "Not Found"},
                                                       {405, "Method Not Allowed"},
                                                       {408, "Request Timeout"},
                                                       {409, "Conflict"},
                                                       {411, "Length Required"},
                                                       {412, "Precondition Failed"},
                                                       {413, "Content Too Large"},
                                                       {414, "URI Too Long"},
                                                       {415, "Unsupported Media Type"},
                                                       {416, "Range Not Satisfiable"},
                                                       {417, "Expectation Failed"},
                                                       {421, "Misdirected Request"},
                                                       {422, "Unprocessable Content"},
                                                       {426, "Upgrade Required"},
                                                       {429, "Too Many Requests"},
                                                       {431, "Request Header Fields Too Large"},
                                                       {500, "Internal Server Error"},
                                                       {502, "Bad Gateway"},
                                                       {503, "Service Unavailable"},
                                                       {504, "Gateway Timeout"},
                                                       {505, "HTTP Version Not Supported"}}};
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "Unknown";
}

}  // namespace telltale::net
