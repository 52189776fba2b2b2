#include "plugins/webhook/webhook_input.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <system_error>

#include <telltale/cpp/stop.hpp>

namespace telltale::webhook {

namespace {

using payload::JsonFault;
using payload::JsonLeaf;
using payload::JsonPath;
using payload::JsonType;

// Readings of one event, at most.
constexpr std::size_t kMaxBatch = 4'096;

JsonPath joined(const JsonPath& place, const JsonPath& below) {
  JsonPath path = place;
  path.steps.insert(path.steps.end(), below.steps.begin(), below.steps.end());
  return path;
}

JsonPath item_of(const JsonPath& list, std::size_t index) {
  JsonPath path = list;
  path.steps.push_back({index});
  return path;
}

std::optional<double> number_of(const JsonLeaf& leaf) {
  if (leaf.type == JsonType::kNumber) return leaf.number;
  if (leaf.type != JsonType::kText) return std::nullopt;
  double number = 0;
  const auto [end, failed] = std::from_chars(leaf.text.data(), leaf.text.data() + leaf.text.size(), number);
  const bool whole = failed == std::errc() && end == leaf.text.data() + leaf.text.size() && std::isfinite(number);
  return whole ? std::optional(number) : std::nullopt;
}

std::string text_of(const JsonLeaf& leaf) {
  if (leaf.type == JsonType::kBoolean) return leaf.number != 0 ? "true" : "false";
  return leaf.type == JsonType::kNull ? "null" : std::string(leaf.text);
}

}  // namespace

WebhookInput::WebhookInput(Host host)
    : host_(host),
      settings_(make_settings(host.options())),
      path_("/api/v1/ingest/" + std::string(host.id())),
      documents_(host),
      events_(host, "events") {
  // Those without labels are there from the beginning, at 0.
  for (const EventSettings& event : settings_.events) {
    if (event.labels.empty()) static_cast<void>(tally_of(event, {}));
  }
}

void WebhookInput::run(int stop_fd) {
  host_.ok();
  const Stop stop(stop_fd);
  do {
    const std::lock_guard lock(mutex_);
    const std::chrono::nanoseconds now = host_.now();
    readings_.clear();
    for (auto& [key, tally] : tallies_) {
      tally.add_rates(now, readings_);
      if (readings_.size() + 2 <= kMaxBatch) continue;
      host_.publish(readings_);
      readings_.clear();
    }
    if (!readings_.empty()) host_.publish(readings_);
  } while (!stop.wait_for(settings_.every));
}

void WebhookInput::receive(const Document& document) {
  const std::lock_guard lock(mutex_);
  host_.count("documents");
  payload::JsonSelection whole;
  whole.texts = payload::JsonTexts::kKeep;
  const JsonFault fault = json_.decode(document.body, whole);
  if (fault != JsonFault::kNone && fault != JsonFault::kNothingThere && fault != JsonFault::kNotAReading) {
    documents_.add(payload::to_word(fault), path_, document.body);
    throw InvalidError("the document was refused: " + std::string(payload::to_word(fault)));
  }
  std::vector<Hit> hits;
  for (const EventSettings& event : settings_.events) find_events(event, document.body, hits);
  if (hits.empty()) return host_.count("documents.ignored");
  publish(hits);
}

void WebhookInput::find_events(const EventSettings& event, std::string_view body, std::vector<Hit>& hits) {
  if (!event.items) return take_event(event, body, {}, hits);
  const std::size_t items = count_items(body, *event.items);
  if (items > kMaxItems) host_.count("items.over_limit", items - kMaxItems);
  for (std::size_t i = 0; i < std::min(items, kMaxItems); ++i) take_event(event, body, item_of(*event.items, i), hits);
}

std::size_t WebhookInput::count_items(std::string_view body, const JsonPath& items) {
  payload::JsonSelection selection;
  selection.value = items;
  selection.texts = payload::JsonTexts::kKeep;
  if (json_.decode(body, selection) != JsonFault::kNone) return 0;
  std::size_t count = 0;
  for (const JsonLeaf& leaf : json_.leaves()) {
    std::size_t index = 0;
    const std::string_view first = leaf.path.substr(0, leaf.path.find('.'));
    const auto [end, failed] = std::from_chars(first.data(), first.data() + first.size(), index);
    if (failed == std::errc() && end == first.data() + first.size() && !first.empty())
      count = std::max(count, index + 1);
  }
  return count;
}

void WebhookInput::take_event(const EventSettings& event, std::string_view body, const JsonPath& place,
                              std::vector<Hit>& hits) {
  if (!fits(event, body, place)) return;
  if (hits.size() == kMaxEvents) return host_.count("items.over_limit");
  Hit hit;
  if (event.value) {
    const auto value = look(body, place, *event.value);
    if (value && value->number) hit.amount = *value->number * event.scale;
    if (!value || !value->number || !std::isfinite(hit.amount)) {
      return events_.add("without_value", path_, body, event.name);
    }
  }
  if (event.time) {
    const auto time = look(body, place, *event.time);
    const auto parsed = time ? payload::parse_source_time(time->text, event.time_unit) : std::nullopt;
    if (parsed) {
      hit.when = When(std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(*parsed)));
    } else {
      events_.add("without_time", path_, body, event.name);
    }
  }
  Labels labels;
  for (const auto& [name, path] : event.labels) {
    const auto value = look(body, place, path);
    labels.emplace_back(name, value ? value->text : "");
  }
  hit.tally = tally_of(event, std::move(labels));
  if (hit.tally != nullptr) hits.push_back(hit);
}

std::optional<WebhookInput::Value> WebhookInput::look(std::string_view body, const JsonPath& place,
                                                      const JsonPath& below) {
  payload::JsonSelection selection;
  selection.value = joined(place, below);
  selection.texts = payload::JsonTexts::kKeep;
  if (json_.decode(body, selection) != JsonFault::kNone || json_.leaves().size() != 1) return std::nullopt;
  const JsonLeaf& leaf = json_.leaves().front();
  if (!leaf.path.empty()) return std::nullopt;  // a list or an object with one thing in it
  return Value{text_of(leaf), number_of(leaf)};
}

bool WebhookInput::fits(const EventSettings& event, std::string_view body, const JsonPath& place) {
  return std::all_of(event.where.begin(), event.where.end(), [&](const Condition& condition) {
    const auto value = look(body, place, condition.at);
    return value && std::find(condition.is.begin(), condition.is.end(), value->text) != condition.is.end();
  });
}

Tally* WebhookInput::tally_of(const EventSettings& event, Labels labels) {
  const auto key = std::pair(&event, std::move(labels));
  const auto found = tallies_.find(key);
  if (found != tallies_.end()) return &found->second;
  if (tallies_.size() >= settings_.max_series + settings_.events.size()) {
    host_.count("series.over_limit");
    return nullptr;
  }
  try {
    return &tallies_.try_emplace(key, host_, event, key.second).first->second;
  } catch (const ConfigError&) {
    if (key.second.empty()) throw;
    host_.count("series.refused");  // a label that is too long, or holds control characters
    return nullptr;
  }
}

void WebhookInput::publish(const std::vector<Hit>& hits) {
  std::map<Tally*, Tally::Totals> before;
  const std::chrono::nanoseconds now = host_.now();
  readings_.clear();
  for (const Hit& hit : hits) {
    before.try_emplace(hit.tally, hit.tally->totals());
    hit.tally->add(hit.amount, now, hit.when, readings_);
  }
  for (const auto& [tally, totals] : before) {
    if (readings_.size() + 2 <= kMaxBatch) tally->add_rates(now, readings_);
  }
  if (host_.publish(readings_)) return host_.count("events", hits.size());
  for (const auto& [tally, totals] : before) tally->restore(totals);
  throw IoError("the readings could not be published: too many wait already");
}

}  // namespace telltale::webhook
