#include "plugins/mqtt-out/sparkplug_form.h"

#include <charconv>
#include <random>
#include <utility>

#include <telltale/cpp/text.hpp>

#include "plugins/mqtt-out/json_text.h"
#include "plugins/mqtt/presets/sparkplug_payload.h"
#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

namespace {

constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr std::size_t kMostMetrics = 500;  // of a message of data
constexpr std::chrono::seconds kRebirthPause(1);

std::int64_t wall_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
}

// `press.oil{line="a"}` as a path of folders, without the label that names the device.
std::string metric_name(const telltale_series& series, std::string_view device_label) {
  std::string name;
  for (const char c : to_view(series.name)) name += c == '.' ? '/' : c;
  bool first = true;
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    const std::string_view label = to_view(series.labels[i].name);
    if (!device_label.empty() && label == device_label) continue;
    name.append(std::exchange(first, false) ? "{" : ",").append(label).append("=\"");
    name.append(to_view(series.labels[i].value)).append("\"");
  }
  if (!first) name += '}';
  return name;
}

// A state without names is its number in digits.
std::string text_of(const telltale_outgoing& reading) {
  if (reading.text.size > 0 || reading.series->kind == TELLTALE_KIND_EVENT) return std::string(to_view(reading.text));
  std::string out;
  append_json(out, reading.value);
  return out;
}

int sparkplug_quality(std::uint32_t quality) {
  if (quality == TELLTALE_QUALITY_BAD) return 0;
  return quality == TELLTALE_QUALITY_GOOD ? 192 : 500;
}

}  // namespace

SparkplugForm::SparkplugForm(SparkplugSettings settings) : settings_(std::move(settings)) {
  // Any number to begin with: the will of the process before this one may arrive late, and must not fit our birth.
  bd_seq_ = static_cast<std::uint8_t>(std::random_device{}());
  devices_.try_emplace("");
}

std::string SparkplugForm::topic(std::string_view type, std::string_view device) const {
  std::string out = "spBv1.0/" + settings_.group + "/" + std::string(type) + "/" + settings_.node;
  if (!device.empty()) out.append("/").append(device);
  return out;
}

std::string SparkplugForm::death() const {
  SparkplugWriter writer(wall_ms());
  writer.add({.name = "bdSeq", .time = wall_ms(), .type = DataType::kInt64, .integer = bd_seq_});
  return writer.take(std::nullopt);
}

mqtt::Notice SparkplugForm::will() {
  ++bd_seq_;
  return {topic("NDEATH"), death(), 1, false};
}

std::vector<mqtt::Filter> SparkplugForm::filters() const { return {{topic("NCMD"), 1}}; }

Messages SparkplugForm::hello() { return births(); }

Messages SparkplugForm::goodbye() { return {{topic("NDEATH"), death(), 0, false}}; }

Messages SparkplugForm::births() {
  rebirth_asked_ = false;
  seq_ = 0;
  Messages messages;
  for (const auto& [device, metrics] : devices_) messages.push_back(device_birth(device, metrics));
  return messages;
}

mqtt::Outgoing SparkplugForm::device_birth(std::string_view device, const Device& metrics) {
  const std::int64_t now = wall_ms();
  SparkplugWriter writer(now);
  if (device.empty()) {
    writer.add({.name = "bdSeq", .time = now, .type = DataType::kInt64, .integer = bd_seq_});
    writer.add({.name = kRebirth, .time = now, .type = DataType::kBoolean, .integer = 0});
  }
  for (const auto& [key, known] : metrics) {
    writer.add({.name = known.name,
                .alias = known.alias,
                .time = outgoing::in_ms(known.time),
                .type = known.type,
                .is_null = !known.has_value,
                .number = known.number,
                .text = known.text,
                .unit = known.unit,
                .quality = sparkplug_quality(known.quality)});
  }
  return {topic(device.empty() ? "NBIRTH" : "DBIRTH", device), writer.take(next_seq()), 0, false};
}

SparkplugForm::Place SparkplugForm::place(const telltale_outgoing& reading,
                                          std::set<std::string, std::less<>>& changed) {
  const telltale_series& series = *reading.series;
  const std::string_view label = outgoing::label_of(series, settings_.device_label);
  auto device = devices_.find(label.empty() ? std::string() : topic_level(label));
  if (device == devices_.end()) device = devices_.try_emplace(topic_level(label)).first;
  auto [metric, is_new] = device->second.try_emplace(outgoing::key_of(series));
  Known& known = metric->second;
  if (is_new) {
    known.name = metric_name(series, settings_.device_label);
    known.unit = to_view(series.unit);
    known.alias = ++last_alias_;
    const bool is_text = series.kind == TELLTALE_KIND_EVENT || series.kind == TELLTALE_KIND_STATE;
    known.type = is_text ? DataType::kString : DataType::kDouble;
    changed.insert(device->first);
  }
  if (is_new || reading.time >= known.time) {
    known.time = reading.time;
    known.has_value = outgoing::has_value(reading);
    known.quality = outgoing::quality_of(reading);
    known.number = reading.value;
    if (known.type == DataType::kString) known.text = text_of(reading);
  }
  return {device->first, &known};
}

Messages SparkplugForm::readings(const OutgoingBatch& batch) {
  std::set<std::string, std::less<>> changed;
  std::map<std::string_view, std::vector<std::pair<const telltale_outgoing*, const Known*>>> by_device;
  for (const telltale_outgoing& reading : batch.readings()) {
    const Place where = place(reading, changed);
    by_device[where.device].emplace_back(&reading, where.metric);
  }
  // What is new is said in a birth before its data: of the node, which is one of all its devices, or of the devices.
  Messages messages;
  if (changed.find("") != changed.end()) {
    messages = births();
  } else {
    for (const std::string& device : changed) messages.push_back(device_birth(device, devices_.find(device)->second));
  }
  for (const auto& [device, readings] : by_device) {
    for (std::size_t at = 0; at < readings.size();) {
      SparkplugWriter writer(wall_ms());
      for (; at < readings.size() && writer.count() < kMostMetrics; ++at) {
        const auto& [reading, known] = readings[at];
        const std::string text = known->type == DataType::kString ? text_of(*reading) : std::string();
        writer.add({.alias = known->alias,
                    .time = outgoing::in_ms(reading->time),
                    .type = known->type,
                    .is_historical = !batch.live(),
                    .is_null = !outgoing::has_value(*reading),
                    .number = reading->value,
                    .text = text,
                    .quality = sparkplug_quality(outgoing::quality_of(*reading))});
      }
      messages.push_back({topic(device.empty() ? "NDATA" : "DDATA", device), writer.take(next_seq()), 0, false});
    }
  }
  return messages;
}

// A retained command is one of the past.
void SparkplugForm::take(std::string_view /*topic*/, std::string_view payload, bool retained) {
  mqtt::SparkplugPayload command;
  if (retained || mqtt::read_sparkplug(payload, command) != mqtt::SparkplugFault::kNone) return;
  for (const mqtt::SparkplugMetric& metric : command.metrics) {
    if (metric.name == kRebirth && metric.integer != 0) rebirth_asked_ = true;
  }
}

// At most one in a second, however many hosts ask.
Messages SparkplugForm::tick(std::chrono::nanoseconds now) {
  if (!rebirth_asked_ || (reborn_at_ && now - *reborn_at_ < kRebirthPause)) return {};
  reborn_at_ = now;
  return births();
}

}  // namespace telltale::mqtt_out
