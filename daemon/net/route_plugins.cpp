// GET /api/v1/plugins/NAME: what an input of it can be told; POST /api/v1/plugins/NAME/probe: what it finds
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <telltale/ext/probe.h>
#include <telltale/options.h>

#include "daemon/core/escape.h"
#include "daemon/core/interfaces/probing.h"
#include "daemon/core/option_schema.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

namespace json = boost::json;
using core::ConfigNode;
using core::ErrorCode;
using core::make_error;
using core::OptionSpec;

constexpr std::size_t kMaxDepth = 12;
constexpr double kMostSeconds = 20;
constexpr double kUsualSeconds = 8;

// "/api/v1/plugins/NAME" or "/api/v1/plugins/NAME/probe"
std::string name_of(const Target& target) {
  constexpr std::string_view kPrefix = "/api/v1/plugins/";
  const std::string_view rest = std::string_view(target.path).substr(kPrefix.size());
  return std::string(core::cut_utf8(rest.substr(0, rest.find('/')), 64));
}

std::string_view type_word(const OptionSpec& option) {
  switch (option.type) {
    case TELLTALE_OPTION_BOOL:
      return "bool";
    case TELLTALE_OPTION_INT:
      return "integer";
    case TELLTALE_OPTION_FLOAT:
      return "number";
    case TELLTALE_OPTION_DURATION:
      return "duration";
    case TELLTALE_OPTION_SIZE:
      return "size";
    case TELLTALE_OPTION_SECTION:
      return "section";
    default:
      return "text";
  }
}

// Limits as somebody would write them: of a duration `1s`, else a number.
void write_limit(JsonWriter& writer, const OptionSpec& option, std::string_view name, double limit) {
  const bool is_duration = option.type == TELLTALE_OPTION_DURATION && limit >= 0 && limit < 9.2e18;
  writer.text(name, is_duration ? core::format_duration(core::Duration(static_cast<std::int64_t>(limit)))
                                : fmt::format("{}", limit));
}

void write_table(JsonWriter& writer, std::string_view name, const std::vector<OptionSpec>& table) {
  writer.key(name).begin_array();
  for (const OptionSpec& option : table) {
    writer.begin_object().text("name", option.name).text("type", type_word(option)).text("help", option.help);
    if (option.has(TELLTALE_OPTION_LIST)) writer.boolean("list", true);
    if (option.has(TELLTALE_OPTION_REQUIRED)) writer.boolean("required", true);
    if (option.has(TELLTALE_OPTION_SECRET)) writer.boolean("secret", true);
    if (option.has(TELLTALE_OPTION_DEPRECATED)) writer.boolean("deprecated", true);
    if (!option.unit.empty()) writer.text("unit", option.unit);
    if (!option.default_text.empty()) writer.text("default", option.default_text);
    if (option.minimum <= option.maximum) {
      write_limit(writer, option, "minimum", option.minimum);
      write_limit(writer, option, "maximum", option.maximum);
    }
    if (!option.choices.empty()) {
      writer.key("choices").begin_array();
      for (const std::string& choice : option.choices) writer.text(choice);
      writer.end_array();
    }
    if (!option.children.empty()) write_table(writer, "options", option.children);
    writer.end_object();
  }
  writer.end_array();
}

Response described(const core::PluginDescription& plugin) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object()
      .text("name", plugin.name)
      .text("version", plugin.version)
      .text("summary", plugin.summary)
      .boolean("can_probe", plugin.offers(TELLTALE_PROBE_1));
  write_table(writer, "options", plugin.options);
  write_table(writer, "probe_options", plugin.probe_options);
  writer.end_object();
  return json_response(std::move(body));
}

// As if it stood in a configuration.
ConfigNode node_of(const json::value& value, std::string_view key) {
  ConfigNode node;
  node.key = key;
  if (value.is_object()) {
    node.type = ConfigNode::Type::kMap;
    for (const auto& member : value.get_object()) {
      node.children.push_back(node_of(member.value(), std::string_view(member.key().data(), member.key().size())));
    }
  } else if (value.is_array()) {
    node.type = ConfigNode::Type::kSequence;
    for (const json::value& item : value.get_array()) node.children.push_back(node_of(item, {}));
  } else if (!value.is_null()) {
    node.type = ConfigNode::Type::kScalar;
    const json::string* text = value.if_string();
    node.scalar = text != nullptr ? std::string(text->data(), text->size()) : json::serialize(value);
  }
  return node;
}

struct Wanted {
  ConfigNode options;
  core::Duration patience{};
};

core::Error bad(std::string what) { return make_error(ErrorCode::kInvalid, std::move(what)); }

core::Result<Wanted> read_wanted(std::string_view body) {
  json::parse_options rules;
  rules.max_depth = kMaxDepth;
  boost::system::error_code failed;
  const json::value document = json::parse(
      body.empty() ? json::string_view("{}") : json::string_view(body.data(), body.size()), failed, {}, rules);
  const json::object* object = failed ? nullptr : document.if_object();
  if (object == nullptr) return bad(R"(the body must be a JSON object, {"options": {}, "seconds": 8})");
  Wanted wanted;
  wanted.options.type = ConfigNode::Type::kMap;
  double seconds = kUsualSeconds;
  for (const auto& member : *object) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "options" && member.value().is_object()) {
      wanted.options = node_of(member.value(), {});
    } else if (key == "seconds" && member.value().is_number()) {
      seconds = member.value().to_number<double>();
    } else {
      return bad("there are \"options\", an object, and \"seconds\", a number; not '" +
                 core::escape_line(core::cut_utf8(key, 64)) + "'");
    }
  }
  if (!(seconds > 0 && seconds <= kMostSeconds)) return bad("\"seconds\" must be a number up to 20");
  wanted.patience = core::Duration(static_cast<std::int64_t>(seconds * 1e9));
  return wanted;
}

Response outcome_response(const core::Result<core::ProbeOutcome>& outcome) {
  // A device that does not answer is no fault of this server's.
  if (!outcome) {
    return outcome.error().code == ErrorCode::kIo ? problem(502, outcome.error().text()) : problem(outcome.error());
  }
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().boolean("complete", outcome->complete).key("findings").begin_array();
  for (const core::ProbeFinding& finding : outcome->findings) {
    writer.begin_object()
        .text("title", finding.title)
        .text("detail", finding.detail)
        .text("options", finding.options)
        .count("confidence", finding.confidence)
        .end_object();
  }
  writer.end_array().end_object();
  return json_response(std::move(body));
}

}  // namespace

void get_plugin(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::PluginCatalog* plugins = context.parts.plugins;
  if (plugins == nullptr) return respond(problem(404, "there are no plugins"));
  // Describing a plugin may start a process.
  answer_from(
      context.facts, context, Asked(request),
      [plugins, name = name_of(request.target)] {
        const auto plugin = plugins->find(name);
        return plugin ? described(*plugin) : problem(plugin.error());
      },
      std::move(respond));
}

void probe_plugin(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::DeviceProber* prober = context.parts.prober;
  if (prober == nullptr) return respond(problem(404, "this daemon cannot look for devices"));
  auto wanted = read_wanted(request.body);
  if (!wanted) return respond(problem(wanted.error()));
  const std::string name = name_of(request.target);
  context.parts.log.notice("{} looks for devices on request of {}", core::escape_line(name),
                           request.peer.address.empty() ? "a local user" : request.peer.address);
  prober->probe(name, std::move(wanted->options), wanted->patience,
                [loop = context.loop, respond = std::move(respond)](core::Result<core::ProbeOutcome> outcome) {
                  loop->post([respond, outcome = std::move(outcome)] { respond(outcome_response(outcome)); });
                });
}

}  // namespace telltale::net
