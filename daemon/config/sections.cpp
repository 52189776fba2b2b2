// device, server, storage, windows and counters of sections.h.
#include "daemon/config/sections.h"

#include <algorithm>

#include "daemon/config/section_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"
#include "daemon/core/units.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::OptionSpec;

constexpr std::size_t kMaxTextBytes = 128;
constexpr std::size_t kMaxWindows = 16;
constexpr std::size_t kMaxCounters = 256;

// Texts that people see: short, and without control characters.
std::string shown_text(const core::OptionValue& section, std::string_view name, const ConfigNode* node,
                       core::Diagnostics& diagnostics) {
  const std::string& text = value_of(section, name).text;
  if (text.size() <= kMaxTextBytes && core::is_clean_text(text)) return text;
  const ConfigNode* const item = node == nullptr ? nullptr : node->find(name);
  diagnostics.error(item == nullptr ? core::SourceMark{} : item->mark,
                    "'" + std::string(name) + "' must be at most 128 bytes, without control characters");
  return {};
}

// `tls: off | auto | {cert:, key:}`: the form is checked, and only `off` can be had.
void check_tls(const ConfigNode* server, core::Diagnostics& diagnostics) {
  const ConfigNode* const tls = server == nullptr ? nullptr : server->find("tls");
  if (tls == nullptr || tls->type == ConfigNode::Type::kNull) return;
  if (tls->type == ConfigNode::Type::kScalar && tls->scalar == "off") return;
  if (tls->type == ConfigNode::Type::kScalar && tls->scalar == "auto") {
    diagnostics.error(tls->mark, "'tls: auto' is not available in this version; write 'tls: off'");
  } else if (tls->type == ConfigNode::Type::kMap) {
    (void)core::validate_options({text_option("cert", "File of the certificate.", TELLTALE_OPTION_REQUIRED),
                                  text_option("key", "File of the private key.", TELLTALE_OPTION_REQUIRED)},
                                 *tls, diagnostics);
    diagnostics.error(tls->key_mark, "'tls' with a certificate is not available in this version; write 'tls: off'");
  } else {
    diagnostics.error(tls->mark, "'tls' must be off, auto or {cert: FILE, key: FILE}");
  }
}

}  // namespace

Device read_device(const ConfigNode* node, core::Diagnostics& diagnostics) {
  const auto section = read_section(
      {text_option("name", "What the device is called."), text_option("site", "Where it stands.")}, node, diagnostics);
  return {shown_text(section, "name", node, diagnostics), shown_text(section, "site", node, diagnostics)};
}

Server read_server(const ConfigNode* node, core::Diagnostics& diagnostics) {
  OptionSpec listen = text_option("listen", "Address and port.");
  listen.default_text = "0.0.0.0:8080";
  OptionSpec tls = choice_option("tls", {"off", "auto"}, "off");  // for the list of known keys
  const ConfigNode rest = node == nullptr ? ConfigNode{} : without(*node, "tls");
  check_tls(node, diagnostics);
  const auto section = read_section({listen, choice_option("view", {"login", "public"}, "login"),
                                     choice_option("write", {"loopback", "token", "lan"}, "loopback"), tls},
                                    &rest, diagnostics);
  Server server;
  if (const std::string& text = value_of(section, "listen").text; !text.empty()) {
    auto parsed = parse_listen(text);
    const ConfigNode* const item = rest.find("listen");
    if (parsed) {
      server.listen = *parsed;
    } else {
      diagnostics.error(item == nullptr ? core::SourceMark{} : item->mark, parsed.error().message);
    }
  }
  server.view = value_of(section, "view").text == "public" ? View::kPublic : View::kLogin;
  const std::string& write = value_of(section, "write").text;
  server.write = write == "lan" ? WriteAccess::kLan : write == "token" ? WriteAccess::kToken : WriteAccess::kLoopback;
  return server;
}

Storage read_storage(const ConfigNode* node, core::Diagnostics& diagnostics) {
  constexpr double kYear = 366 * 86'400e9;
  const auto section = read_section({ranged_option("budget", TELLTALE_OPTION_SIZE, "2GB", 1e6, 1e15),
                                     ranged_option("commit", TELLTALE_OPTION_DURATION, "10s", 1e7, 3.6e12),
                                     ranged_option("raw", TELLTALE_OPTION_DURATION, "30d", 1e9, 100 * kYear)},
                                    node, diagnostics);
  Storage storage;
  storage.budget = static_cast<std::uint64_t>(value_of(section, "budget").integer);
  storage.commit = core::Duration(value_of(section, "commit").integer);
  storage.raw = core::Duration(value_of(section, "raw").integer);
  return storage;
}

std::vector<core::Duration> read_windows(const ConfigNode& root, core::Diagnostics& diagnostics) {
  OptionSpec windows =
      ranged_option("windows", TELLTALE_OPTION_DURATION, "[10s, 1m, 15m, 1h, 1d]", 1e9, 400 * 86'400e9);
  windows.flags = TELLTALE_OPTION_LIST;
  ConfigNode only;
  only.type = ConfigNode::Type::kMap;
  const ConfigNode* const node = root.find("windows");
  if (node != nullptr) only.children.push_back(*node);
  const auto section = core::validate_options({windows}, only, diagnostics);
  std::vector<core::Duration> durations;
  const core::SourceMark mark = node == nullptr ? core::SourceMark{} : node->mark;
  for (const auto& child : value_of(section, "windows").children) {
    const core::Duration duration(child.integer);
    if (child.type != TELLTALE_VALUE_INT) continue;  // refused already
    if (std::find(durations.begin(), durations.end(), duration) != durations.end()) {
      diagnostics.error(mark, "the window " + core::format_duration(duration) + " is given twice");
    }
    durations.push_back(duration);
  }
  if (durations.size() > kMaxWindows) diagnostics.error(mark, "at most 16 windows");
  return durations;
}

std::vector<Counter> read_counters(const ConfigNode* node, core::Diagnostics& diagnostics) {
  const std::vector<OptionSpec> table = {text_option("series", "Which series.", TELLTALE_OPTION_REQUIRED),
                                         ranged_option("rollover", TELLTALE_OPTION_FLOAT, "0", 0, 1e300),
                                         ranged_option("dip", TELLTALE_OPTION_FLOAT, "", 0, 1e300)};
  std::vector<Counter> all;
  for (const ConfigNode* item : list_items(node, diagnostics)) {
    const auto section = core::validate_options(table, *item, diagnostics);
    Counter counter;
    counter.series = value_of(section, "series").text;
    counter.rule.width = value_of(section, "rollover").number;
    if (item->find("dip") != nullptr) counter.rule.dip = value_of(section, "dip").number;
    const ConfigNode* const series = item->find("series");
    const auto selector = core::Selector::parse(counter.series);
    if (series != nullptr && !counter.series.empty() && (!selector || selector->window_stat())) {
      diagnostics.error(series->mark, selector ? "a counter is a series, without @" : selector.error().message);
    }
    all.push_back(std::move(counter));
  }
  if (all.size() > kMaxCounters) diagnostics.error(node->mark, "at most 256 counters");
  return all;
}

}  // namespace telltale::config
