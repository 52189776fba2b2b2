#include "plugins/mqtt-out/json_form.h"

#include <utility>

#include <telltale/cpp/text.hpp>

#include "plugins/mqtt-out/json_text.h"
#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

namespace {

constexpr std::size_t kMostBytes = 120'000;  // of a batch's message: brokers in the cloud take 128 KiB

void append_key(std::string& out, std::string_view key) {
  out += ',';
  append_json(out, key);
  out += ':';
}

}  // namespace

void append_reading(std::string& out, const telltale_outgoing& reading, bool historical) {
  const telltale_series& series = *reading.series;
  out += "{\"series\":";
  append_json(out, to_view(series.name));
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    out += i == 0 ? ",\"labels\":{" : ",";
    append_json(out, to_view(series.labels[i].name));
    out += ':';
    append_json(out, to_view(series.labels[i].value));
  }
  if (series.label_count > 0) out += '}';
  append_key(out, "time");
  out += std::to_string(outgoing::in_ms(reading.time));
  append_key(out, series.kind == TELLTALE_KIND_EVENT ? "text" : "value");
  if (!outgoing::has_value(reading)) {
    out += "null";
  } else if (series.kind == TELLTALE_KIND_EVENT) {
    append_json(out, to_view(reading.text));
  } else {
    append_json(out, reading.value);
  }
  if (series.kind == TELLTALE_KIND_STATE && outgoing::has_value(reading)) {
    append_key(out, "state");
    reading.text.size > 0 ? append_json(out, to_view(reading.text)) : append_json(out, reading.value);
  }
  if (series.unit.size > 0) {
    append_key(out, "unit");
    append_json(out, to_view(series.unit));
  }
  append_key(out, "quality");
  append_json(out, outgoing::quality_word(outgoing::quality_of(reading)));
  if (historical) out += ",\"historical\":true";
  out += '}';
}

JsonForm::JsonForm(JsonSettings settings) : settings_(std::move(settings)) {
  if (settings_.homeassistant) {
    discovery_.emplace(settings_.homeassistant->prefix, settings_.node, settings_.status,
                       settings_.homeassistant->forget_after);
  }
}

mqtt::Outgoing JsonForm::status(std::string payload) const { return {settings_.status, std::move(payload), 1, true}; }

mqtt::Notice JsonForm::will() { return {settings_.status, "offline", 1, true}; }

std::vector<mqtt::Filter> JsonForm::filters() const {
  if (!discovery_) return {};
  return {{discovery_->filter(), 1}};
}

Messages JsonForm::hello() {
  Messages messages;
  if (discovery_) messages = discovery_->all();
  messages.push_back(status("online"));
  return messages;
}

Messages JsonForm::goodbye() { return {status("offline")}; }

Messages JsonForm::readings(const OutgoingBatch& batch) {
  Messages messages;
  std::string many;
  const auto flush = [&] {
    if (!many.empty()) messages.push_back({settings_.topic.text(), many + "]}", settings_.qos, false});
    many.clear();
  };
  for (const telltale_outgoing& reading : batch.readings()) {
    if (settings_.batch) {
      many += many.empty() ? "{\"readings\":[" : ",";
      append_reading(many, reading, !batch.live());
      if (many.size() >= kMostBytes) flush();
      continue;
    }
    mqtt::Outgoing message{settings_.topic.of(*reading.series), {}, settings_.qos, settings_.retain && batch.live()};
    append_reading(message.payload, reading, !batch.live());
    if (discovery_) {
      if (auto announced = discovery_->announce(*reading.series, message.topic)) {
        messages.push_back(std::move(*announced));
      }
    }
    messages.push_back(std::move(message));
  }
  flush();
  return messages;
}

void JsonForm::take(std::string_view topic, std::string_view payload, bool /*retained*/) {
  if (discovery_) discovery_->take(topic, payload);
}

Messages JsonForm::tick(std::chrono::nanoseconds now) { return discovery_ ? discovery_->withdraw(now) : Messages(); }

}  // namespace telltale::mqtt_out
