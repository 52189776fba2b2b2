#include <telltale/payload/line_series.hpp>
#include <telltale/payload/series_name.hpp>

namespace telltale::payload {

void LineMapper::begin(const LinePoint& point) {
  name_.clear();
  append_series_name(name_, point.measurement);
  measurement_size_ = name_.size();
  labels_.assign(point.tags.begin(), point.tags.end());
  label_names_.clear();
  std::size_t room = 0;
  for (const LineTag& label : labels_) room += label.key.size() + 1;
  label_names_.reserve(room);  // so that no view moves below
  for (LineTag& label : labels_) {
    if (is_label_name(label.key)) continue;
    const std::size_t start = label_names_.size();
    append_label_name(label_names_, label.key);
    label.key = std::string_view(label_names_).substr(start);
  }
}

LineReading LineMapper::map(const LineField& field) {
  name_.resize(measurement_size_);
  if (field.key != "value") {
    name_.push_back('.');
    append_series_name(name_, field.key);
  }
  LineReading reading;
  reading.name = name_;
  reading.labels = labels_;
  if (field.type == FieldType::kString) {
    reading.kind = PayloadKind::kEvent;
    reading.text = field.text;
  } else {
    reading.kind = field.type == FieldType::kBoolean ? PayloadKind::kState : PayloadKind::kGauge;
    reading.value = field.number;
  }
  return reading;
}

}  // namespace telltale::payload
