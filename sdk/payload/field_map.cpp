#include <algorithm>
#include <cmath>
#include <utility>

#include <telltale/payload/field_map.hpp>
#include <telltale/payload/series_name.hpp>
#include <telltale/payload/time_format.hpp>

namespace telltale::payload {
namespace {

// `*` stands for anything.
bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  text.remove_prefix(star);
  if (pattern.find('*') == std::string_view::npos) return text.ends_with(pattern);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (fits(pattern, text.substr(i))) return true;
  }
  return false;
}

std::uint32_t kind_for(const Item& item) {
  if (item.type == ItemType::kBoolean) return TELLTALE_KIND_STATE;
  return item.type == ItemType::kText ? TELLTALE_KIND_EVENT : TELLTALE_KIND_GAUGE;
}

// A text with one character replaced that no name may have, and without a dot at its end (of an empty field).
void append_clean(std::string& key, std::string_view name) {
  while (name.ends_with('.')) name.remove_suffix(1);
  append_series_name(key, name);
  if (key.size() > kMaxSeriesName) key.resize(kMaxSeriesName);
}

constexpr std::size_t kMaxLabelBytes = 256;

}  // namespace

FieldMap::FieldMap(Host host, MapSettings settings)
    : host_(host),
      settings_(std::move(settings)),
      refusals_(host),
      batch_(host),
      places_(std::make_unique<FieldPlaces>()) {
  const auto take = [this](const FieldTemplate& name) {
    for (const std::string_view variable : name.variables()) {
      if (variable == "field" || variable == "input") continue;
      const bool is_outer =
          std::find(settings_.outer.begin(), settings_.outer.end(), variable) != settings_.outer.end();
      names_are_plain_ = false;
      names_are_outer_ = names_are_outer_ && is_outer;
      if (!is_outer) hidden_.emplace_back(variable);
    }
  };
  take(settings_.name);
  for (const auto& [name, value] : settings_.labels) take(value);
  for (const FieldRule& rule : settings_.fields) {
    if (rule.name) take(*rule.name);
  }
  if (!settings_.time.empty()) hidden_.push_back(settings_.time);
  if (settings_.budget == nullptr) settings_.budget = std::make_shared<SeriesBudget>(host, settings_.max_series);
}

FieldMap::~FieldMap() = default;

void FieldMap::begin(std::string_view payload, const Origin& origin) {
  payload_ = payload;
  origin_ = origin;
  refusals_in_payload_ = 0;
}

bool FieldMap::end() {
  batch_.flush();
  return refusals_in_payload_ == 0;
}

void FieldMap::refused(std::string_view reason, std::string_view detail) {
  ++refusals_in_payload_;
  refusals_.add(reason, origin_.source, payload_, detail);
}

const FieldRule* FieldMap::rule_of(std::string_view field) const {
  const auto found = std::find_if(settings_.fields.begin(), settings_.fields.end(),
                                  [&](const FieldRule& rule) { return fits(rule.field, field); });
  if (found != settings_.fields.end()) return found->publish ? &*found : nullptr;
  const bool is_hidden = std::find(hidden_.begin(), hidden_.end(), field) != hidden_.end() && !field.empty();
  return settings_.others && settings_.all.publish && !is_hidden ? &settings_.all : nullptr;
}

std::optional<std::int64_t> FieldMap::source_time(const Record& record, bool& wanted) const {
  wanted = !settings_.time.empty();
  std::string_view text = record.time;
  if (text.empty() && wanted) {
    const auto found = std::find_if(record.items.begin(), record.items.end(),
                                    [this](const Item& item) { return item.name == settings_.time; });
    if (found != record.items.end()) text = found->text;
  }
  if (text.empty() && record.time_ns) {
    wanted = true;
    return record.time_ns;
  }
  if (text.empty() || !wanted) return std::nullopt;
  if (!settings_.time_format.empty()) return parse_time(text, settings_.time_format, settings_.utc_offset);
  return parse_source_time(text, settings_.time_unit);
}

When FieldMap::when_of(const Record& record) {
  quality_ = origin_.quality;
  bool wanted = false;
  const auto time = source_time(record, wanted);
  if (!wanted) return {origin_.arrival};
  if (time) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const double distance =
        std::abs(static_cast<double>(*time) - static_cast<double>(std::chrono::nanoseconds(now).count()));
    if (settings_.time_tolerance == 0 || distance <= static_cast<double>(settings_.time_tolerance)) {
      return {std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(*time))};
    }
  }
  // Kept, at the time of arrival, and marked: the value may be older.
  refusals_.add(time ? "time_outside" : "no_time", origin_.source, payload_);
  if (quality_ == Quality::kGood) quality_ = Quality::kUncertain;
  return {origin_.arrival};
}

void FieldMap::record(const Record& record) {
  const When when = when_of(record);
  for (std::size_t i = 0; i < record.items.size(); ++i) {
    Entry* const entry = entry_of(record, record.items[i], i);
    if (entry != nullptr) publish(*entry, record.items[i], when);
  }
}

std::optional<std::string_view> FieldMap::variable(const Record& record, std::string_view field,
                                                   std::string_view name) const {
  if (name == "field") return field;
  if (name == "input") return host_.id();
  for (const std::span<const LineTag> tags : {record.variables, origin_.variables, record.labels}) {
    const auto found = std::find_if(tags.begin(), tags.end(), [&](const LineTag& tag) { return tag.key == name; });
    if (found != tags.end()) return found->value;
  }
  const auto found = std::find_if(record.items.begin(), record.items.end(),
                                  [&](const Item& item) { return item.name == name && !item.text.empty(); });
  if (found == record.items.end()) return std::nullopt;
  return found->text;
}

// Nothing when names or labels depend on more than the field and what is always the same.
FieldPlaces* FieldMap::places_for(const Record& record) {
  if (!record.labels.empty()) return nullptr;
  if (origin_.places != nullptr) return names_are_outer_ ? origin_.places : nullptr;
  return names_are_plain_ && origin_.labels.empty() ? places_.get() : nullptr;
}

FieldMap::Entry* FieldMap::entry_of(const Record& record, const Item& item, std::size_t place) {
  FieldPlaces* const places = places_for(record);
  if (places != nullptr && place < places->slots_.size()) {
    const FieldPlaces::Slot& slot = places->slots_[place];
    if (slot.is_set && slot.field == item.name) return slot.entry;
  }
  const FieldRule* rule = rule_of(item.name);
  const bool is_aside = rule == &settings_.all && !settings_.publish_texts && item.type == ItemType::kText;
  if (is_aside && !rule->kind) return nullptr;  // not remembered: the next one may be a number
  Entry* entry = nullptr;
  if (rule != nullptr) {
    const FieldTemplate::Lookup lookup = [&](std::string_view name) { return variable(record, item.name, name); };
    label_.clear();
    (rule->name ? *rule->name : settings_.name).expand(lookup, label_);
    key_.clear();
    append_clean(key_, label_);
    const std::size_t name_size = key_.size();
    append_labels(record, lookup);
    if (const auto found = entries_.find(key_); found != entries_.end()) {
      entry = &found->second;
    } else if (name_size != 0) {
      entry = declare(record, item, *rule, lookup);
    }
    if (entry == nullptr) return nullptr;  // tried again when it comes again: the limit is the host's to raise
  }
  if (places != nullptr && place < kMaxItems) {
    if (places->slots_.size() <= place) places->slots_.resize(place + 1);
    places->slots_[place] = {std::string(item.name), entry, true};
  }
  return entry;
}

// After the name, so that series of the same name and other labels are told apart.
void FieldMap::append_labels(const Record& record, const FieldTemplate::Lookup& lookup) {
  for (const std::span<const LineTag> labels : {record.labels, origin_.labels}) {
    for (const LineTag& label : labels) key_.append(1, '\0').append(label.key).append(1, '=').append(label.value);
  }
  for (const auto& [name, value] : settings_.labels) {
    key_.append(1, '\0');
    value.expand(lookup, key_);
  }
}

// Each name once: what the device says itself is nearest to it.
std::vector<std::pair<std::string, std::string>> FieldMap::labels_of(const Record& record,
                                                                     const FieldTemplate::Lookup& lookup) const {
  std::vector<std::pair<std::string, std::string>> labels;
  const auto add = [&](std::string_view name, std::string value) {
    const auto same = [&](const auto& known) { return known.first == name; };
    if (std::any_of(labels.begin(), labels.end(), same)) return;
    if (value.size() > kMaxLabelBytes) value.resize(kMaxLabelBytes);
    labels.emplace_back(name, std::move(value));
  };
  for (const LineTag& label : record.labels) add(label.key, std::string(label.value));
  for (const LineTag& label : origin_.labels) add(label.key, std::string(label.value));
  for (const auto& [name, value] : settings_.labels) {
    std::string text;
    value.expand(lookup, text);
    add(name, std::move(text));
  }
  return labels;
}

FieldMap::Entry* FieldMap::declare(const Record& record, const Item& item, const FieldRule& rule,
                                   const FieldTemplate::Lookup& lookup) {
  if (!settings_.budget->has_room()) return nullptr;
  SeriesSpec spec;
  spec.name = key_.substr(0, key_.find('\0'));
  spec.unit = rule.unit.empty() ? std::string(item.unit) : rule.unit;
  spec.title = rule.title;
  spec.kind = rule.kind.value_or(kind_for(item));
  spec.states = rule.states;
  if (!rule.kind && item.type == ItemType::kBoolean) {
    spec.states = {{0, settings_.boolean_states[0]}, {1, settings_.boolean_states[1]}};
  }
  spec.decimals = rule.decimals;
  if (rule.value.minimum && rule.value.maximum) spec.range = {*rule.value.minimum, *rule.value.maximum};
  spec.labels = labels_of(record, lookup);
  try {
    Entry entry;
    entry.series = host_.declare(spec);
    entry.kind = spec.kind;
    entry.rule = &rule;
    entry.source = origin_.source;
    settings_.budget->take();
    return &entries_.emplace(key_, std::move(entry)).first->second;
  } catch (const ConfigError&) {
    host_.count("series.refused");
    return nullptr;
  }
}

void FieldMap::publish(Entry& entry, const Item& item, When when) {
  // A value that turns from stale to good is no repetition.
  if (std::exchange(entry.quality, quality_) != quality_) entry.state.has_last = false;
  if (settings_.expire_after != 0) entry.due = host_.now().count() + settings_.expire_after;
  if (item.type == ItemType::kNull) return publish_bad(entry, when);
  if (entry.kind == TELLTALE_KIND_EVENT) {
    ++published_;
    batch_.flush();  // in the order of the message
    std::string number;
    if (item.text.empty() && item.type != ItemType::kText) number = std::to_string(item.number);
    entry.series.publish_text(item.text.empty() ? number : item.text, when, quality_);
    return;
  }
  if (entry.kind == TELLTALE_KIND_STATE) return publish_state(entry, item, when);
  if (item.type == ItemType::kText) {
    unfit("value.not_a_number", item);
    return publish_bad(entry, when);
  }
  publish_number(entry, item, when);
}

void FieldMap::publish_number(Entry& entry, const Item& item, When when) {
  double value = 0;
  switch (apply(entry.rule->value, item.number, host_.now().count(), entry.state, value)) {
    case ValueVerdict::kPublish:
      entry.is_bad = false;
      ++published_;
      return batch_.add(entry.series, value, when, quality_);
    case ValueVerdict::kUnchanged:
      return;
    case ValueVerdict::kOutOfRange:
      unfit("value.out_of_range", item);
      return publish_bad(entry, when);
    default:
      unfit("value.not_finite", item);
      return publish_bad(entry, when);
  }
}

// A state's words are those of its rule, or, without any, whatever comes: the host numbers them.
void FieldMap::publish_state(Entry& entry, const Item& item, When when) {
  const auto& states = entry.rule->states;
  if (item.type == ItemType::kText || (item.type == ItemType::kBoolean && !states.empty())) {
    const auto named = std::find_if(states.begin(), states.end(), [&](const auto& s) { return s.second == item.text; });
    if (named != states.end()) {
      entry.is_bad = false;
      ++published_;
      return batch_.add(entry.series, static_cast<double>(named->first), when, quality_);
    }
    if (item.type == ItemType::kText && states.empty() && entry.rule->kind) {
      ++published_;
      batch_.flush();
      entry.series.publish_text(item.text, when, quality_);
      return;
    }
    if (item.type == ItemType::kText) {
      unfit("value.unknown_state", item);
      return publish_bad(entry, when);
    }
  }
  const double value = item.number * entry.rule->value.scale + entry.rule->value.offset;
  if (value != std::nearbyint(value) || std::abs(value) > 32'767) {
    unfit("value.unknown_state", item);
    return publish_bad(entry, when);
  }
  entry.is_bad = false;
  ++published_;
  batch_.add(entry.series, value, when, quality_);
}

void FieldMap::unfit(std::string_view reason, const Item& item) {
  host_.count(reason);
  host_.refuse({.reason = reason, .source = origin_.source, .payload = payload_, .detail = item.name});
}

void FieldMap::publish_bad(Entry& entry, When when) {
  entry.state.has_last = false;
  if (entry.kind == TELLTALE_KIND_EVENT) return;  // a text has no bad value: its age tells
  entry.is_bad = true;
  ++published_;
  batch_.add(entry.series, 0, when, Quality::kBad);
}

void FieldMap::expire(std::chrono::nanoseconds now) {
  if (settings_.expire_after == 0) return;
  for (auto& [key, entry] : entries_) {
    if (entry.due == 0 || entry.due > now.count()) continue;
    entry.due = 0;
    if (entry.is_bad || entry.kind == TELLTALE_KIND_EVENT) continue;
    host_.count("series.expired");
    publish_bad(entry, {});
  }
  batch_.flush();
}

void FieldMap::all_bad(std::chrono::nanoseconds time) {
  for (auto& [key, entry] : entries_) {
    if (!entry.is_bad) publish_bad(entry, {time});
  }
  batch_.flush();
}

void FieldMap::all_bad(std::chrono::nanoseconds time, std::string_view source) {
  for (auto& [key, entry] : entries_) {
    if (!entry.is_bad && entry.source == source) publish_bad(entry, {time});
  }
  batch_.flush();
}

}  // namespace telltale::payload
