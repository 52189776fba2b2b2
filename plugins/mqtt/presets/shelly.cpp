#include "plugins/mqtt/presets/shelly.h"

#include <algorithm>
#include <array>

#include <telltale/payload/number_payload.hpp>
#include <telltale/payload/source_time.hpp>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

constexpr double kMinutesInHour = 60;  // energy of the first generation's relays is in watt-minutes

constexpr std::array<KnownField, 14> kFirstFields{{{"power", "W"},
                                                   {"reactive_power", "VAr"},
                                                   {"voltage", "V"},
                                                   {"current", "A"},
                                                   {"energy", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"returned_energy", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"total", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"total_returned", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"temperature", "°C"},
                                                   {"ext_temperature", "°C"},
                                                   {"humidity", "%"},
                                                   {"battery", "%"},
                                                   {"lux", "lx"},
                                                   {"tilt", "°"}}};

constexpr std::array<KnownField, 20> kLaterFields{{{"apower", "W"},
                                                   {"act_power", "W"},
                                                   {"a_act_power", "W"},
                                                   {"b_act_power", "W"},
                                                   {"c_act_power", "W"},
                                                   {"total_act_power", "W"},
                                                   {"aprt_power", "VA"},
                                                   {"voltage", "V"},
                                                   {"current", "A"},
                                                   {"freq", "Hz"},
                                                   {"aenergy.total", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"ret_aenergy.total", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"total_act_energy", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"total_act", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"total_act_ret", "Wh", TELLTALE_KIND_COUNTER},
                                                   {"tC", "°C"},
                                                   {"temperature.tC", "°C"},
                                                   {"rh", "%"},
                                                   {"battery.percent", "%"},
                                                   {"rssi", "dBm"}}};

// Of the later generations: what is the same in other words, or about the device's own bookkeeping.
constexpr std::array<std::string_view, 14> kNotShown{"id",       "tF",       "minute_ts", "by_minute",   "unixtime",
                                                     "ram_size", "ram_free", "fs_size",   "fs_free",     "cfg_rev",
                                                     "kvs_rev",  "errors",   "ts",        "last_sync_ts"};

bool is_shown(std::string_view path) {
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (std::find(kNotShown.begin(), kNotShown.end(), part) != kNotShown.end()) return false;
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
  return !path.empty();
}

const KnownField* later_field(std::string_view path) {
  const std::size_t last = path.rfind('.');
  const std::size_t before = last == std::string_view::npos ? last : path.rfind('.', last - 1);
  if (before != std::string_view::npos) {
    if (const KnownField* const both = find_field(kLaterFields, path.substr(before + 1))) return both;
  }
  if (const KnownField* const whole = find_field(kLaterFields, path)) return whole;
  return last == std::string_view::npos ? nullptr : find_field(kLaterFields, path.substr(last + 1));
}

Stamp stamp_of(const Message& message) {
  return {.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
}

std::string dotted(std::string_view text) {
  std::string made(text);
  std::replace_if(
      made.begin(), made.end(), [](char c) { return c == '/' || c == ':'; }, '.');
  return made;
}

}  // namespace

Shelly::Shelly(const PresetSettings& settings, const PresetContext& context)
    : base_(settings.topic), bad_(context.bad), devices_(settings, context), json_(context.bad) {
  if (!base_.empty()) {
    context.outbox.subscribe(base_ + "/#", settings.qos);
    return;
  }
  for (const char* const filter : {"shellies/#", "+/events/rpc", "+/status/#", "+/online"}) {
    context.outbox.subscribe(filter, settings.qos);
  }
}

bool Shelly::message(const Message& message) {
  std::string_view rest = message.topic;
  bool first = false;
  if (base_.empty()) {
    if (const auto inside = below(rest, "shellies")) {
      rest = *inside;
      first = true;
    }
  } else if (const auto inside = below(rest, base_)) {
    rest = *inside;
  } else {
    return false;
  }
  const std::string_view device = take_level(rest);
  if (device.empty() || rest.empty()) return first;
  const bool is_later = rest == "events/rpc" || rest.starts_with("status/");
  if (!first && base_.empty() && !is_later && rest != "online") return false;
  if (message.payload.empty()) return true;
  const bool taken = is_later ? later_generation(device, rest, message) : first_generation(device, rest, message);
  devices_.flush();
  return taken;
}

bool Shelly::first_generation(std::string_view device, std::string_view rest, const Message& message) {
  const Stamp stamp = stamp_of(message);
  if (rest == "online") {
    if (const auto online = switch_of(message.payload)) devices_.set_online(device, *online, stamp);
    return true;
  }
  const std::string_view last = rest.substr(rest.rfind('/') + 1);
  if (last == "announce" || last == "info" || last == "command" || last == "set" || last.ends_with("_f")) return true;
  if (message.payload.front() == '{') {
    component(device, dotted(rest) + ".", message);
    return true;
  }
  payload::NumberPayload number;
  const auto fault = payload::parse_number_payload(message.payload, {.units = false}, number);
  if (fault == payload::NumberFault::kOutOfRange || fault == payload::NumberFault::kEmpty) {
    bad_.add(to_word(fault), message.topic, message.payload);
  } else if (fault != payload::NumberFault::kNone) {  // open, close, stop of a roller; overpower of a relay
    if (message.payload.size() <= 32 && rest.find('/') != std::string_view::npos) {
      devices_.put_text(device, dotted(rest), message.payload, {.kind = TELLTALE_KIND_STATE}, stamp);
    }
  } else if (number.is_state) {
    devices_.put_text(device, dotted(rest), number.word, {.kind = TELLTALE_KIND_STATE}, stamp);
  } else {
    const KnownField* const known = find_field(kFirstFields, last);
    const bool in_minutes = rest.starts_with("relay/") && last == "energy";
    devices_.put(device, dotted(rest), in_minutes ? number.value / kMinutesInHour : number.value,
                 known == nullptr ? SeriesHint{} : SeriesHint{.unit = known->unit, .kind = known->kind}, stamp);
  }
  return true;
}

bool Shelly::later_generation(std::string_view device, std::string_view rest, const Message& message) {
  if (rest == "events/rpc") {
    component(device, {}, message);
    return true;
  }
  std::string_view name = rest;
  (void)take_level(name);  // status
  component(device, dotted(name) + ".", message);
  return true;
}

// A notification has its values under `params`, a status has them at the top.
void Shelly::component(std::string_view device, std::string_view prefix, const Message& message) {
  Stamp stamp = stamp_of(message);
  const auto leaves = json_.leaves(message);
  const bool is_rpc = prefix.empty();
  for (const JsonLeaf& leaf : leaves) {
    if (!is_rpc || leaf.path != "params.ts") continue;
    if (const auto time = payload::parse_source_time(leaf.text, payload::SourceTimeUnit::kSeconds)) {
      stamp = stamp.at(*time);
    }
  }
  std::string name;
  for (const JsonLeaf& leaf : leaves) {
    std::string_view path = leaf.path;
    if (is_rpc && !path.starts_with("params.")) continue;
    if (is_rpc) path.remove_prefix(std::string_view("params.").size());
    if (!is_shown(path)) continue;
    name.assign(prefix).append(dotted(path));
    if (leaf.type == JsonType::kNumber) {
      const KnownField* const known = later_field(name);
      devices_.put(device, name, leaf.number,
                   known == nullptr ? SeriesHint{} : SeriesHint{.unit = known->unit, .kind = known->kind}, stamp);
    } else if (leaf.type == JsonType::kBoolean) {
      devices_.put(device, name, leaf.number, {.kind = TELLTALE_KIND_STATE, .off = "off", .on = "on"}, stamp);
    } else if (leaf.type == JsonType::kText && (path.ends_with(".event") || path == "event")) {
      devices_.put_text(device, name, leaf.text, {.kind = TELLTALE_KIND_EVENT}, stamp);
    }
  }
}

}  // namespace telltale::mqtt
