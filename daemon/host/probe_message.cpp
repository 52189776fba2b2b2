#include "daemon/host/probe_message.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <boost/json.hpp>

#include <telltale/abi.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/host/json_codec.h"

namespace telltale::host {

namespace {

namespace json = boost::json;

struct ToJson {
  json::object operator()(const FindingMessage& message) const {
    return {{"op", "finding"},
            {"title", message.title},
            {"detail", message.detail},
            {"options", message.options},
            {"confidence", message.confidence}};
  }
  json::object operator()(const ProgressMessage& message) const {
    return {{"op", "progress"}, {"done", message.done}, {"total", message.total}, {"text", message.text}};
  }
  json::object operator()(const LogMessage& message) const {
    return {{"op", "log"}, {"severity", message.severity}, {"text", message.text}};
  }
  json::object operator()(const FailedMessage& message) const {
    return {{"op", "failed"}, {"by_configuration", message.by_configuration}, {"reason", message.reason}};
  }
  json::object operator()(const DoneMessage& /*message*/) const { return {{"op", "done"}}; }
};

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t number_of(const json::object& object, std::string_view key, std::int64_t least, std::int64_t most) {
  const json::value* value = object.if_contains(key);
  return std::clamp(value != nullptr && value->is_int64() ? value->get_int64() : 0, least, most);
}

core::Error damaged() {
  return core::make_error(core::ErrorCode::kCorrupt, "a message of a probe that makes no sense");
}

}  // namespace

std::string clean_lines(std::string_view text, std::size_t limit) {
  text = core::cut_utf8(text, limit);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += core::escape_line(text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    lines += '\n';
  }
  return std::string(core::cut_utf8(lines, limit));
}

core::Result<std::string> encode_probe(const ProbeMessage& message) {
  const std::string text = json::serialize(std::visit(ToJson(), message));
  if (text.size() > kMaxMessageBytes) return core::make_error(core::ErrorCode::kLimit, "a finding that is too long");
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string frame(sizeof size, '\0');
  std::memcpy(frame.data(), &size, sizeof size);
  return frame.append(text);
}

core::Result<ProbeMessage> decode_probe(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return value.error();
  const json::object* object = value->if_object();
  if (object == nullptr) return damaged();
  const std::string op = text_of(*object, "op");
  if (op == "finding") {
    FindingMessage finding{one_line(text_of(*object, "title"), kMaxTitleBytes),
                           clean_lines(text_of(*object, "detail"), kMaxFindingTextBytes),
                           clean_lines(text_of(*object, "options"), kMaxFindingTextBytes),
                           static_cast<std::uint32_t>(number_of(*object, "confidence", 0, 100))};
    return finding.title.empty() ? core::Result<ProbeMessage>(damaged()) : ProbeMessage(std::move(finding));
  }
  if (op == "progress") {
    return ProbeMessage(ProgressMessage{static_cast<std::uint32_t>(number_of(*object, "done", 0, UINT32_MAX)),
                                        static_cast<std::uint32_t>(number_of(*object, "total", 0, UINT32_MAX)),
                                        one_line(text_of(*object, "text"), kMaxTitleBytes)});
  }
  if (op == "log") {
    const auto severity = number_of(*object, "severity", TELLTALE_LOG_ERROR, TELLTALE_LOG_DEBUG);
    return ProbeMessage(
        LogMessage{static_cast<std::int32_t>(severity), one_line(text_of(*object, "text"), kMaxLogBytes)});
  }
  if (op == "failed") {
    const json::value* flag = object->if_contains("by_configuration");
    return ProbeMessage(FailedMessage{flag != nullptr && flag->is_bool() && flag->get_bool(),
                                      one_line(text_of(*object, "reason"), kMaxReasonBytes)});
  }
  if (op == "done") return ProbeMessage(DoneMessage{});
  return damaged();
}

}  // namespace telltale::host
