#include "plugins/mqtt/presets/devices.h"

#include <algorithm>

#include <telltale/payload/number_payload.hpp>
#include <telltale/payload/series_name.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::mqtt {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

const KnownField* find_field(std::span<const KnownField> fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const KnownField& known) { return same_word(known.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::optional<SeriesTable::Entry> Devices::series(std::string_view device, std::string_view field,
                                                  const SeriesHint& hint) {
  key_.assign(settings_.name);
  payload::append_series_name(key_, device);
  if (!device.empty()) key_ += '.';
  payload::append_series_name(key_, field);
  bool is_new = false;
  const auto entry = context_.publisher.series(key_, [&] {
    is_new = true;
    SeriesSpec spec;
    spec.name = key_;
    spec.unit = hint.unit;
    spec.kind = hint.kind;
    spec.title = hint.title;
    spec.decimals = hint.decimals;
    return spec;
  });
  if (!entry) return std::nullopt;
  if (is_new) {
    auto known = devices_.find(device);
    if (known == devices_.end()) known = devices_.emplace(device, std::vector<SeriesTable::Entry>()).first;
    known->second.push_back(*entry);
  }
  if (settings_.expire_after.count() != 0) context_.publisher.expect(*entry, settings_.expire_after);
  return entry;
}

void Devices::put(std::string_view device, std::string_view field, double value, const SeriesHint& hint,
                  const Stamp& stamp) {
  if (hint.kind == TELLTALE_KIND_STATE) {  // by its words: the same field may come as a number, a boolean or a text
    put_text(device, field, value != 0 ? hint.on : hint.off, hint, stamp);
    return;
  }
  const auto entry = series(device, field, hint);
  if (!entry) return;
  if (entry->kind == TELLTALE_KIND_STATE || entry->kind == TELLTALE_KIND_EVENT) {
    context_.bad.add_at_hand("kind_changed");
    return;
  }
  context_.publisher.add(*entry, value, stamp);
}

void Devices::put_text(std::string_view device, std::string_view field, std::string_view text, const SeriesHint& hint,
                       const Stamp& stamp) {
  const auto entry = series(device, field, hint);
  if (!entry) return;
  if (entry->kind != TELLTALE_KIND_STATE && entry->kind != TELLTALE_KIND_EVENT) {
    context_.bad.add_at_hand("kind_changed");
    return;
  }
  context_.publisher.add_text(*entry, text, stamp);
}

void Devices::set_online(std::string_view device, bool online, const Stamp& stamp) {
  if (!online) fault(device, stamp);
  put(device, "online", online ? 1 : 0, {.kind = TELLTALE_KIND_STATE}, stamp);
}

void Devices::fault(std::string_view device, const Stamp& stamp) {
  const auto known = devices_.find(device);
  if (known == devices_.end()) return;
  for (const SeriesTable::Entry& entry : known->second) {
    if (entry.kind != TELLTALE_KIND_EVENT) context_.publisher.add(entry, 0, stamp.with(TELLTALE_QUALITY_BAD));
  }
}

std::span<const payload::JsonLeaf> DeviceJson::leaves(const Message& message) {
  const payload::JsonFault fault = decoder_.decode(message.payload, selection_);
  if (fault == payload::JsonFault::kNone) return decoder_.leaves();
  bad_.add(to_word(fault), message.topic, message.payload);
  return {};
}

std::optional<bool> switch_of(std::string_view word) {
  if (same_word(word, "online")) return true;
  if (same_word(word, "offline")) return false;
  payload::NumberPayload number;
  const auto fault = payload::parse_number_payload(word, {.units = false}, number);
  if (fault != payload::NumberFault::kNone || !number.is_state) return std::nullopt;
  return number.value != 0;
}

std::optional<std::string_view> below(std::string_view topic, std::string_view base) {
  if (!topic.starts_with(base) || topic.size() <= base.size() || topic[base.size()] != '/') return std::nullopt;
  return topic.substr(base.size() + 1);
}

std::string_view take_level(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view level = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return level;
}

}  // namespace telltale::mqtt
