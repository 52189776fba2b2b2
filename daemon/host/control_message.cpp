#include "daemon/host/control_message.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <boost/json.hpp>

#include <telltale/abi.h>
#include <telltale/host.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/host/json_codec.h"
#include "daemon/host/outgoing_codec.h"

namespace telltale::host {

namespace {

namespace json = boost::json;
using core::ErrorCode;
using core::make_error;

core::Error damaged() { return make_error(ErrorCode::kCorrupt, "a control message that makes no sense"); }

core::Result<std::string> framed(const json::object& object) {
  const std::string text = json::serialize(object);
  if (text.size() > kMaxMessageBytes) {
    return make_error(ErrorCode::kLimit, "it is too long: at most 1 MiB crosses to a plugin");
  }
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string frame(sizeof size, '\0');
  std::memcpy(frame.data(), &size, sizeof size);
  return frame.append(text);
}

json::array to_json(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

json::object to_json(const Confinement& confinement) {
  return {{"memory", confinement.limits.memory},       {"files", confinement.limits.files},
          {"processes", confinement.limits.processes}, {"needs", confinement.needs},
          {"read", to_json(confinement.read)},         {"write", to_json(confinement.write)}};
}

struct ToJson {
  json::object operator()(const StartMessage& message) const {
    return {{"op", "start"},
            {"id", message.id},
            {"plugin", message.plugin_file},
            {"options", option_to_json(message.options)},
            {"confinement", to_json(message.confinement)}};
  }
  json::object operator()(const StopMessage& /*message*/) const { return {{"op", "stop"}}; }
  json::object operator()(const RequestMessage& message) const {
    if (message.kind == RequestMessage::Kind::kSend) {
      return {{"op", "send"},
              {"number", static_cast<std::int64_t>(message.number)},
              {"deadline", message.deadline},
              {"batch", outgoing_to_json(*message.batch)}};
    }
    core::OptionValue value;
    value.name = message.name;
    value.text = message.text;
    value.type = TELLTALE_VALUE_FLOAT;
    value.number = message.value;
    return {{"op", message.kind == RequestMessage::Kind::kWrite ? "write" : "receive"},
            {"number", static_cast<std::int64_t>(message.number)},
            {"deadline", message.deadline},
            {"what", option_to_json(value)}};
  }
  json::object operator()(const AnswerMessage& message) const {
    return {{"op", "answer"},
            {"number", static_cast<std::int64_t>(message.number)},
            {"result", message.result},
            {"reason", message.reason}};
  }
  json::object operator()(const ConfinedMessage& message) const {
    return {{"op", "confined"}, {"landlock", message.landlock}, {"calls", message.calls}, {"named", message.named}};
  }
  json::object operator()(const ReadyMessage& message) const {
    return {{"op", "ready"}, {"interval", message.interval}};
  }
  json::object operator()(const LogMessage& message) const {
    return {{"op", "log"}, {"severity", message.severity}, {"text", message.text}};
  }
  json::object operator()(const HealthMessage& message) const {
    return {{"op", "health"}, {"health", message.health}, {"reason", message.reason}};
  }
  json::object operator()(const CountersMessage& message) const {
    json::object totals;
    for (const auto& [name, total] : message.totals) totals[name] = total;
    return {{"op", "counters"}, {"totals", std::move(totals)}};
  }
  json::object operator()(const RefusedMessage& message) const {
    json::object reasons;
    for (const auto& [name, total] : message.reasons) reasons[name] = total;
    return {{"op", "refused"},
            {"reasons", std::move(reasons)},
            {"at", message.at},
            {"reason", message.reason},
            {"source", message.source},
            {"detail", message.detail},
            {"payload", message.payload},
            {"bytes", message.bytes}};
  }
  json::object operator()(const FailedMessage& message) const {
    return {{"op", "failed"}, {"by_configuration", message.by_configuration}, {"reason", message.reason}};
  }
};

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t integer_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool flag_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> texts_of(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const json::value* list = object.if_contains(key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const json::value& item : list->get_array()) {
    if (const json::string* text = item.if_string()) texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

// Of the daemon's own making: only its shape is checked.
core::Result<Confinement> read_confinement(const json::object& message) {
  const json::value* value = message.if_contains("confinement");
  const json::object* object = value != nullptr ? value->if_object() : nullptr;
  if (object == nullptr) return damaged();
  Confinement confinement;
  confinement.limits.memory = static_cast<std::uint64_t>(integer_of(*object, "memory"));
  confinement.limits.files = static_cast<std::uint32_t>(integer_of(*object, "files"));
  confinement.limits.processes = static_cast<std::uint32_t>(integer_of(*object, "processes"));
  confinement.needs = static_cast<std::uint32_t>(integer_of(*object, "needs"));
  confinement.read = texts_of(*object, "read");
  confinement.write = texts_of(*object, "write");
  return confinement;
}

std::uint64_t count_of(const json::value& value) {
  if (value.is_uint64()) return value.get_uint64();
  return value.is_int64() && value.get_int64() > 0 ? static_cast<std::uint64_t>(value.get_int64()) : 0;
}

// Of at most `limit` names.
std::map<std::string, std::uint64_t> totals_of(const json::object& object, std::string_view key, std::size_t limit) {
  std::map<std::string, std::uint64_t> totals;
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_object()) return totals;
  for (const auto& [name, total] : found->get_object()) {
    if (totals.size() == limit) break;
    totals[one_line({name.data(), name.size()}, kMaxCounterNameBytes)] = count_of(total);
  }
  return totals;
}

RefusedMessage refused_of(const json::object& object) {
  const auto text = [&](std::string_view key) { return one_line(text_of(object, key), kMaxRefusedTextBytes); };
  const json::value* bytes = object.if_contains("bytes");
  return {totals_of(object, "reasons", kMaxRefusalReasons + 1),
          integer_of(object, "at"),
          one_line(text_of(object, "reason"), kMaxCounterNameBytes),
          text("source"),
          text("detail"),
          text("payload"),
          bytes != nullptr ? count_of(*bytes) : 0};
}

core::Result<DaemonMessage> read_request(const json::object& message, RequestMessage::Kind kind) {
  const json::value* what = message.if_contains("what");
  if (what == nullptr) return damaged();
  auto value = option_from_json(*what);
  if (!value) return value.error();
  return DaemonMessage(RequestMessage{static_cast<std::uint64_t>(integer_of(message, "number")), kind,
                                      std::move(value->name), std::move(value->text), value->number,
                                      integer_of(message, "deadline")});
}

core::Result<DaemonMessage> read_send(const json::object& message) {
  const json::value* value = message.if_contains("batch");
  if (value == nullptr) return damaged();
  auto batch = outgoing_from_json(*value);
  if (!batch) return batch.error();
  RequestMessage request;
  request.number = static_cast<std::uint64_t>(integer_of(message, "number"));
  request.kind = RequestMessage::Kind::kSend;
  request.deadline = integer_of(message, "deadline");
  request.batch = std::move(*batch);
  return DaemonMessage(std::move(request));
}

AnswerMessage answer_of(const json::object& message) {
  const auto result = std::clamp<std::int64_t>(integer_of(message, "result"), INT32_MIN, INT32_MAX);
  return {static_cast<std::uint64_t>(integer_of(message, "number")), static_cast<std::int32_t>(result),
          one_line(text_of(message, "reason"), kMaxReasonBytes)};
}

}  // namespace

core::Result<std::string> encode(const DaemonMessage& message) { return framed(std::visit(ToJson(), message)); }

core::Result<std::string> encode(const ChildMessage& message) { return framed(std::visit(ToJson(), message)); }

core::Result<DaemonMessage> decode_daemon_message(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return value.error();
  const json::object* object = value->if_object();
  if (object == nullptr) return damaged();
  const std::string op = text_of(*object, "op");
  if (op == "stop") return DaemonMessage(StopMessage{});
  if (op == "write") return read_request(*object, RequestMessage::Kind::kWrite);
  if (op == "receive") return read_request(*object, RequestMessage::Kind::kReceive);
  if (op == "send") return read_send(*object);
  const json::value* options = object->if_contains("options");
  if (op != "start" || options == nullptr) return damaged();
  auto tree = option_from_json(*options);
  if (!tree) return tree.error();
  auto confinement = read_confinement(*object);
  if (!confinement) return confinement.error();
  return DaemonMessage(
      StartMessage{text_of(*object, "id"), text_of(*object, "plugin"), std::move(*tree), std::move(*confinement)});
}

core::Result<ChildMessage> decode_child_message(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return value.error();
  const json::object* object = value->if_object();
  if (object == nullptr) return damaged();
  const std::string op = text_of(*object, "op");
  if (op == "ready") return ChildMessage(ReadyMessage{std::max<std::int64_t>(0, integer_of(*object, "interval"))});
  if (op == "confined") {
    const auto landlock = std::clamp<std::int64_t>(integer_of(*object, "landlock"), 0, 1'000);
    return ChildMessage(
        ConfinedMessage{static_cast<std::int32_t>(landlock), flag_of(*object, "calls"), flag_of(*object, "named")});
  }
  if (op == "log") {
    const auto severity =
        std::clamp<std::int64_t>(integer_of(*object, "severity"), TELLTALE_LOG_ERROR, TELLTALE_LOG_DEBUG);
    return ChildMessage(
        LogMessage{static_cast<std::int32_t>(severity), one_line(text_of(*object, "text"), kMaxLogBytes)});
  }
  if (op == "health") {
    const auto health =
        std::clamp<std::int64_t>(integer_of(*object, "health"), TELLTALE_HEALTH_CONNECTING, TELLTALE_HEALTH_FAILING);
    return ChildMessage(
        HealthMessage{static_cast<std::int32_t>(health), one_line(text_of(*object, "reason"), kMaxReasonBytes)});
  }
  if (op == "answer") return ChildMessage(answer_of(*object));
  if (op == "counters") return ChildMessage(CountersMessage{totals_of(*object, "totals", kMaxCounters)});
  if (op == "refused") return ChildMessage(refused_of(*object));
  if (op == "failed") {
    return ChildMessage(
        FailedMessage{flag_of(*object, "by_configuration"), one_line(text_of(*object, "reason"), kMaxReasonBytes)});
  }
  return damaged();
}

core::Result<std::optional<std::string>> MessageSplitter::next() {
  std::uint32_t size = 0;
  if (buffer_.size() < sizeof size) return std::optional<std::string>();
  std::memcpy(&size, buffer_.data(), sizeof size);
  if (size > kMaxMessageBytes) return damaged();
  if (buffer_.size() - sizeof size < size) return std::optional<std::string>();
  std::optional<std::string> message(buffer_.substr(sizeof size, size));
  buffer_.erase(0, sizeof size + size);
  return message;
}

std::string one_line(std::string_view text, std::size_t limit) {
  // Escaping makes text longer: cut before, for the work's sake, and after, for the limit's.
  const std::string escaped = core::escape_line(core::cut_utf8(text, limit));
  return std::string(core::cut_utf8(escaped, limit));
}

std::string shown_bytes(std::string_view bytes, std::size_t taken) {
  constexpr std::string_view kCut = "…";
  std::string doubled;
  for (const char c : core::cut_utf8(bytes, taken)) doubled.append(c == '\\' ? 2 : 1, c);
  std::string shown = core::escape_line(doubled);
  const bool cut = bytes.size() > taken || shown.size() > kMaxRefusedTextBytes;
  if (cut) shown = std::string(core::cut_utf8(shown, kMaxRefusedTextBytes - kCut.size())).append(kCut);
  return shown;
}

}  // namespace telltale::host
