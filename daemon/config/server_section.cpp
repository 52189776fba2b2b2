// server of sections.h.
#include <algorithm>
#include <array>

#include <unistd.h>

#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/address_range.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::OptionSpec;

constexpr std::size_t kMaxItems = 64;
constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxBaseBytes = 64;

// Not `quoted`: the standard library has one, and finds it first.
std::string in_quotes(std::string_view text) { return "'" + core::escape_line(core::cut_utf8(text, 64)) + "'"; }

// A path that does not begin at the root is looked for beside the configuration: only app knows where that is.
void look_for(const ConfigNode& tls, std::string_view name, const std::string& path, core::Diagnostics& diagnostics) {
  if (path.find('\0') != std::string::npos) {
    diagnostics.error(mark_of(tls, name), "'" + std::string(name) + "' is not the path of a file");
  } else if (path.starts_with('/') && ::access(path.c_str(), F_OK) != 0) {
    diagnostics.warning(mark_of(tls, name), "there is no file " + in_quotes(path) +
                                                "; until there is, the device's own certificate takes its place");
  }
}

// `tls: off | auto | {cert:, key:}`
Tls read_tls(const ConfigNode* server, core::Diagnostics& diagnostics) {
  Tls tls;
  const ConfigNode* const node = server == nullptr ? nullptr : server->find("tls");
  if (node == nullptr || node->type == ConfigNode::Type::kNull) return tls;
  if (node->type == ConfigNode::Type::kScalar && node->scalar == "off") return tls;
  if (node->type == ConfigNode::Type::kScalar && node->scalar == "auto") {
    tls.mode = TlsMode::kAuto;
    return tls;
  }
  if (node->type != ConfigNode::Type::kMap) {
    diagnostics.error(node->mark, "'tls' must be off, auto or {cert: FILE, key: FILE}");
    return tls;
  }
  const auto section =
      core::validate_options({text_option("cert", "File of the certificate.", TELLTALE_OPTION_REQUIRED),
                              text_option("key", "File of the private key.", TELLTALE_OPTION_REQUIRED)},
                             *node, diagnostics);
  tls.mode = TlsMode::kFiles;
  tls.cert = value_of(section, "cert").text;
  tls.key = value_of(section, "key").text;
  look_for(*node, "cert", tls.cert, diagnostics);
  look_for(*node, "key", tls.key, diagnostics);
  return tls;
}

std::optional<ListenAddress> read_address(const core::OptionValue& section, const ConfigNode& node,
                                          std::string_view name, core::Diagnostics& diagnostics) {
  const std::string& text = value_of(section, name).text;
  if (text.empty()) return std::nullopt;
  auto parsed = parse_listen(text);
  if (parsed) return *parsed;
  diagnostics.error(mark_of(node, name), parsed.error().message);
  return std::nullopt;
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// As browsers write it: scheme, host and a port that is not the scheme's own; nothing behind, no star.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || text.size() > kMaxNameBytes + 14) return false;
  std::string_view host = text.substr(scheme);
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']')) {
    const std::string_view port = host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port == (scheme == 8 ? "443" : "80")) return false;
    if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    host = host.substr(0, colon);
  }
  const bool lower = std::none_of(host.begin(), host.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return lower &&
         (bracketed ? core::AddressRange::parse(host.substr(1, host.size() - 2)).has_value() : is_host_name(host));
}

std::vector<std::string> read_list(const core::OptionValue& section, const ConfigNode& node, std::string_view name,
                                   bool (*is_good)(std::string_view), std::string_view otherwise,
                                   core::Diagnostics& diagnostics) {
  std::vector<std::string> items;
  const ConfigNode* const list = node.find(name);
  const auto& values = value_of(section, name).children;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& text = values[i].text;
    const bool marked = list != nullptr && list->type == ConfigNode::Type::kSequence && i < list->children.size();
    const core::SourceMark mark = marked ? list->children[i].mark : mark_of(node, name);
    if (!is_good(text)) diagnostics.error(mark, in_quotes(text) + " " + std::string(otherwise));
    items.push_back(text);
  }
  if (items.size() > kMaxItems) {
    diagnostics.error(mark_of(node, name), "'" + std::string(name) + "' has more than 64 items");
  }
  return items;
}

// Begins with none of the page's and the API's own paths: with a proxy that takes the base path away nobody could tell
// which is meant.
std::string base_path_mistake(std::string_view path) {
  static constexpr std::array<std::string_view, 12> kOwn = {"api",     "assets",  "d",        "explore",
                                                            "inputs",  "alarms",  "settings", "write",
                                                            "metrics", "healthz", "ping",     "index.html"};
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~' || c == '/';
  };
  const bool well_formed = path.starts_with('/') && path.size() > 1 && path.size() <= kMaxBaseBytes &&
                           path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos &&
                           std::all_of(path.begin(), path.end(), is_good);
  if (!well_formed) return "'base_path' is like /telltale: letters, digits, - _ . ~ after each /, at most 64 bytes";
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  if (std::find(kOwn.begin(), kOwn.end(), first) == kOwn.end()) return {};
  return "'base_path' may not begin with /" + std::string(first) + ", which is a path of the page or the API itself";
}

std::string read_base_path(const core::OptionValue& section, const ConfigNode& node, core::Diagnostics& diagnostics) {
  std::string path = value_of(section, "base_path").text;
  while (path.ends_with('/')) path.pop_back();
  if (path.empty()) return path;
  const std::string mistake = base_path_mistake(path);
  if (!mistake.empty()) diagnostics.error(mark_of(node, "base_path"), mistake);
  return path;
}

}  // namespace

Server read_server(const ConfigNode* node, core::Diagnostics& diagnostics) {
  OptionSpec listen = text_option("listen", "Address and port.");
  listen.default_text = "0.0.0.0:8080";
  const OptionSpec tls = choice_option("tls", {"off", "auto"}, "off");  // for the list of known keys
  const ConfigNode rest = node == nullptr ? ConfigNode{} : without(*node, "tls");
  Server server;
  server.tls = read_tls(node, diagnostics);
  const auto section =
      read_section({listen, choice_option("view", {"login", "public"}, "login"),
                    choice_option("write", {"loopback", "token", "lan"}, "loopback"), tls,
                    text_option("redirect", "Address and port where plain HTTP is sent on to HTTPS."),
                    text_option("names", "Names that the device goes by.", TELLTALE_OPTION_LIST),
                    text_option("base_path", "In front of every path."),
                    text_option("proxies", "Addresses of proxies that are believed.", TELLTALE_OPTION_LIST),
                    text_option("cors", "Other sites whose pages may use the API.", TELLTALE_OPTION_LIST)},
                   &rest, diagnostics);
  server.listen = read_address(section, rest, "listen", diagnostics).value_or(ListenAddress{});
  server.redirect = read_address(section, rest, "redirect", diagnostics);
  if (server.redirect && server.tls.mode == TlsMode::kOff) {
    diagnostics.error(mark_of(rest, "redirect"), "'redirect' leads to HTTPS: it needs 'tls: auto' or a certificate");
  }
  server.view = value_of(section, "view").text == "public" ? View::kPublic : View::kLogin;
  const std::string& write = value_of(section, "write").text;
  server.write = write == "lan" ? WriteAccess::kLan : write == "token" ? WriteAccess::kToken : WriteAccess::kLoopback;
  server.names =
      read_list(section, rest, "names", is_host_name,
                "is not a host name: write it without scheme, port and path, such as press-7.example.com", diagnostics);
  server.proxies = read_list(
      section, rest, "proxies", [](std::string_view text) { return core::AddressRange::parse(text).has_value(); },
      "is not an address or a range of them, such as 127.0.0.1 or 10.1.0.0/16", diagnostics);
  server.cors = read_list(section, rest, "cors", is_origin,
                          "is not an origin: write it as browsers do, such as https://grafana.example.com or "
                          "http://10.0.0.5:3000, in lower case, without path and without a star",
                          diagnostics);
  server.base_path = read_base_path(section, rest, diagnostics);
  return server;
}

}  // namespace telltale::config
