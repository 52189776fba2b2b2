// The series of devices: named after the device, with the unit and kind that its field is known for, and all of them
// bad when the device is gone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <telltale/payload/json_payload.hpp>
#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/presets/preset.h"

namespace telltale::mqtt {

// What is known of a field by the last part of its name.
struct KnownField {
  std::string_view name;
  std::string_view unit;
  std::uint32_t kind = TELLTALE_KIND_GAUGE;
};

// How a series is to be declared when it is new.
struct SeriesHint {
  std::string_view unit = {};
  std::uint32_t kind = TELLTALE_KIND_GAUGE;
  std::string_view title = {};
  int decimals = -1;
  std::string_view off = "false";  // the names of a state's 0 and 1
  std::string_view on = "true";
};

// The known field of that name (any case), or nothing.
[[nodiscard]] const KnownField* find_field(std::span<const KnownField> fields, std::string_view name);

// Owned by a preset.
class Devices {
 public:
  Devices(const PresetSettings& settings, const PresetContext& context) : settings_(settings), context_(context) {}

  // Adds a reading of the series `device`.`field`; characters that a name may not have become _.
  void put(std::string_view device, std::string_view field, double value, const SeriesHint& hint, const Stamp& stamp);
  // Of a state whose names are not known beforehand, or an event.
  void put_text(std::string_view device, std::string_view field, std::string_view text, const SeriesHint& hint,
                const Stamp& stamp);
  // The state `device`.online; when the device is gone, its other series are bad from now on.
  void set_online(std::string_view device, bool online, const Stamp& stamp);
  // Publishes that the series of the device are bad.
  void fault(std::string_view device, const Stamp& stamp);
  void flush() { context_.publisher.flush(); }

 private:
  std::optional<SeriesTable::Entry> series(std::string_view device, std::string_view field, const SeriesHint& hint);

  const PresetSettings& settings_;
  PresetContext context_;
  std::unordered_map<std::string, std::vector<SeriesTable::Entry>, TextHash, std::equal_to<>> devices_;
  std::string key_;
};

// Decodes a JSON payload for a preset, and counts those that do not fit.
class DeviceJson {
 public:
  explicit DeviceJson(payload::Refusals& bad) : bad_(bad) { selection_.texts = payload::JsonTexts::kKeep; }

  // The leaves, texts included; none when the payload does not fit.
  [[nodiscard]] std::span<const payload::JsonLeaf> leaves(const Message& message);

 private:
  payload::Refusals& bad_;
  payload::JsonSelection selection_;
  payload::JsonDecoder decoder_;
};

// Whether a word is on, true, online, open (1) or off, false, offline, closed (0).
[[nodiscard]] std::optional<bool> switch_of(std::string_view word);

// What stands after `base` and a slash in a topic; nothing when the topic does not begin so.
[[nodiscard]] std::optional<std::string_view> below(std::string_view topic, std::string_view base);
// Takes what is before the first slash from `rest`, and the slash.
[[nodiscard]] std::string_view take_level(std::string_view& rest);

}  // namespace telltale::mqtt
