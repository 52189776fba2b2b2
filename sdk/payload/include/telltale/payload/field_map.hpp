// From records to readings: names series, declares them when they first come, and publishes.
//
//   FieldMap map(host, make_map_settings(host.options(), "{input}.{field}"));
//   map.begin(payload, {.source = topic});
//   decoder->decode(payload, map);
//   map.end();
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <telltale/cpp/batch.hpp>
#include <telltale/payload/item.hpp>
#include <telltale/payload/payload_settings.hpp>
#include <telltale/payload/refusals.hpp>

namespace telltale::payload {

class FieldPlaces;

// What is known of a payload beside its bytes. The views must live until end().
struct Origin {
  std::string_view source = {};             // a topic, a poll, a port: for what is shown of a refused one
  std::chrono::nanoseconds arrival{};       // on the boot clock; 0: the host stamps it
  std::span<const LineTag> variables = {};  // for names, beside the record's own: {unit}
  std::span<const LineTag> labels = {};     // of every series; the record's own of the same name are nearer
  Quality quality = Quality::kGood;         // kStale: it may be old
  FieldPlaces* places = nullptr;            // of whoever has always the same variables and labels: a shorter way
};

// Counters, beside payload.REASON of what was refused: payload.no_time and payload.time_outside (a time that was
// wanted), series.over_limit, series.refused, series.expired, value.out_of_range, value.not_finite,
// value.not_a_number, value.unknown_state. One thread at a time.
class FieldMap final : public Receiver {
 public:
  FieldMap(Host host, MapSettings settings);
  ~FieldMap();
  FieldMap(const FieldMap&) = delete;
  FieldMap& operator=(const FieldMap&) = delete;

  // The payload that follows.
  void begin(std::string_view payload, const Origin& origin);
  void record(const Record& record) override;
  void refused(std::string_view reason, std::string_view detail) override;
  // Publishes what was collected. True when nothing of the payload was refused.
  bool end();

  // Publishes every numeric series as bad: the device is silent or gone.
  void all_bad(std::chrono::nanoseconds time);
  // Those that came first from there: one unit of many on a line.
  void all_bad(std::chrono::nanoseconds time, std::string_view source);
  // Publishes those as bad for which no message came within MapSettings::expire_after. `now`: on the boot clock.
  void expire(std::chrono::nanoseconds now);
  // Readings so far, handed over or not.
  [[nodiscard]] std::uint64_t published() const noexcept { return published_; }
  [[nodiscard]] std::size_t series_count() const noexcept { return entries_.size(); }

 private:
  friend class FieldPlaces;
  struct Entry {
    Series series;
    std::uint32_t kind = TELLTALE_KIND_GAUGE;
    const FieldRule* rule = nullptr;
    ValueState state;
    std::string source;
    std::int64_t due = 0;  // boot clock: bad from then on; 0: never
    Quality quality = Quality::kGood;
    bool is_bad = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  [[nodiscard]] const FieldRule* rule_of(std::string_view field) const;
  [[nodiscard]] When when_of(const Record& record);
  [[nodiscard]] std::optional<std::int64_t> source_time(const Record& record, bool& wanted) const;
  [[nodiscard]] std::optional<std::string_view> variable(const Record& record, std::string_view field,
                                                         std::string_view name) const;
  [[nodiscard]] FieldPlaces* places_for(const Record& record);
  [[nodiscard]] Entry* entry_of(const Record& record, const Item& item, std::size_t place);
  void append_labels(const Record& record, const FieldTemplate::Lookup& lookup);
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> labels_of(const Record& record,
                                                                           const FieldTemplate::Lookup& lookup) const;
  [[nodiscard]] Entry* declare(const Record& record, const Item& item, const FieldRule& rule,
                               const FieldTemplate::Lookup& lookup);
  void publish(Entry& entry, const Item& item, When when);
  void publish_number(Entry& entry, const Item& item, When when);
  void publish_state(Entry& entry, const Item& item, When when);
  void publish_bad(Entry& entry, When when);
  // Counts a value that does not fit, and shows its payload as the last one.
  void unfit(std::string_view reason, const Item& item);

  Host host_;
  MapSettings settings_;
  Refusals refusals_;
  Batch batch_;
  std::vector<std::string> hidden_;  // fields that names, labels and the time are made of
  bool names_are_plain_ = true;      // depend on the field alone
  bool names_are_outer_ = true;      // or on variables that begin() is given as well
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
  std::unique_ptr<FieldPlaces> places_;
  // Of the payload at hand.
  std::string_view payload_;
  Origin origin_;
  Quality quality_ = Quality::kGood;
  std::size_t refusals_in_payload_ = 0;
  std::uint64_t published_ = 0;
  std::string key_;
  std::string label_;
};

// Where the item at each place of the last record went, of one FieldMap: messages that look like the one before find
// their series without a name being made.
class FieldPlaces {
 public:
  void clear() noexcept { slots_.clear(); }
  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

 private:
  friend class FieldMap;
  struct Slot {
    std::string field;
    FieldMap::Entry* entry = nullptr;  // none: it is not published
    bool is_set = false;
  };
  std::vector<Slot> slots_;
};

}  // namespace telltale::payload
