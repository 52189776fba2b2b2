#include "daemon/net/target.h"

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::net {

namespace {

constexpr std::size_t kMaxParameters = 1'024;

core::Error bad(std::string message) { return core::make_error(core::ErrorCode::kInvalid, std::move(message)); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out.push_back(c);
  }
  return out;
}

// Neither path nor parameters have a use for control characters; a NUL ends a path for the operating system.
bool has_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

bool climbs(std::string_view path) {
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

core::Result<std::string> decode_path(std::string_view text) {
  auto path = decode(text, false);
  if (!path || path->empty() || path->front() != '/') return bad("the path must begin with / and be percent-encoded");
  if (has_control(*path) || climbs(*path) || path->find('\\') != std::string::npos) {
    return bad("the path has a part that is not allowed");
  }
  return std::move(*path);
}

}  // namespace

std::optional<std::string_view> Target::find(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> Target::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters) {
    if (key == name) values.push_back(value);
  }
  return values;
}

core::Result<Target> parse_target(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto path = text.find_first_of("/?", scheme.size());
    text = path == std::string_view::npos ? "/" : text.substr(path);
    break;
  }
  text = text.substr(0, text.find('#'));
  const auto question = text.find('?');
  auto path = decode_path(text.substr(0, question));
  if (!path) return path.error();
  Target target{std::move(*path), {}};
  std::string_view rest = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
  while (!rest.empty()) {
    const auto ampersand = rest.find('&');
    const std::string_view item = rest.substr(0, ampersand);
    rest = ampersand == std::string_view::npos ? std::string_view{} : rest.substr(ampersand + 1);
    if (item.empty()) continue;
    if (target.parameters.size() == kMaxParameters) return bad("more than 1,024 parameters");
    const auto equals = item.find('=');
    auto name = decode(item.substr(0, equals), true);
    auto value = decode(equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1), true);
    if (!name || !value) {
      return bad("'" + core::escape_line(core::cut_utf8(item, 64)) + "' is not percent-encoded: write % as %25");
    }
    if (has_control(*name) || has_control(*value)) return bad("a parameter holds a control character");
    target.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

}  // namespace telltale::net
