#include "sdk/payload/json_walk.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include <telltale/payload/decimal.hpp>

namespace telltale::payload {
namespace {

using simdjson::ondemand::json_type;

constexpr std::size_t kMaxPathBytes = 256;  // no series' name is longer
constexpr std::size_t kFewKeys = 12;        // so few are compared pair by pair

JsonFault fault_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return JsonFault::kNotUtf8;
    case simdjson::DEPTH_ERROR:
      return JsonFault::kTooDeep;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return JsonFault::kTooLarge;
    default:
      return JsonFault::kNotJson;
  }
}

std::string_view trim_right(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\t' || token.back() == '\n' || token.back() == '\r')) {
    token.remove_suffix(1);
  }
  return token;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259, section 6, is stricter than parse_decimal: no plus sign, no leading zero, digits around the point.
bool is_json_number(std::string_view token) {
  if (token.starts_with('-')) token.remove_prefix(1);
  if (token.empty() || !is_digit(token.front())) return false;
  if (token.front() == '0' && token.size() > 1 && is_digit(token[1])) return false;
  const std::size_t point = token.find('.');
  return point == std::string_view::npos || (point + 1 < token.size() && is_digit(token[point + 1]));
}

bool is_not_finite(std::string_view token) {
  if (token.starts_with('-')) token.remove_prefix(1);
  return token == "NaN" || token == "nan" || token == "Infinity" || token == "inf" || token == "Inf";
}

}  // namespace

JsonFault JsonDecoder::Walk::run(std::string_view payload, const JsonSelection& selection) {
  selection_ = &selection;
  values_ = 0;
  unfit_text_ = false;
  path_.clear();
  paths_.clear();
  path_ends_.clear();
  keys_.clear();
  leaves_.clear();
  time_.reset();
  if (payload.size() > limits_.max_bytes) return JsonFault::kTooLarge;
  JsonFault fault = walk_document(payload);
  if (fault == JsonFault::kNone && unfit_text_ && leaves_.empty()) fault = JsonFault::kNotAReading;
  if (fault == JsonFault::kNone && leaves_.empty()) fault = JsonFault::kNothingThere;
  if (fault != JsonFault::kNone) {
    leaves_.clear();
    time_.reset();
    return fault;
  }
  link_paths();
  return JsonFault::kNone;
}

// The payload is read as the only item of an array, so that a number or text alone needs no code of its own.
JsonFault JsonDecoder::Walk::walk_document(std::string_view payload) {
  const std::size_t size = payload.size() + 2;
  if (buffer_.size() < size + simdjson::SIMDJSON_PADDING) buffer_.resize(size + simdjson::SIMDJSON_PADDING);
  buffer_.front() = '[';
  if (!payload.empty()) std::memcpy(buffer_.data() + 1, payload.data(), payload.size());
  std::memset(buffer_.data() + 1 + payload.size(), ' ', simdjson::SIMDJSON_PADDING + 1);
  buffer_[payload.size() + 1] = ']';

  simdjson::ondemand::document document;
  if (const auto error = parser_.iterate(buffer_.data(), size, buffer_.size()).get(document)) return fault_of(error);
  simdjson::ondemand::array items;
  if (const auto error = document.get_array().get(items)) return fault_of(error);
  std::size_t count = 0;
  for (auto item : items) {
    Value value;
    if (const auto error = item.get(value)) return fault_of(error);
    if (++count > 1) return JsonFault::kNotJson;
    Place place;
    place.time.on = selection_->time.has_value();
    if (const JsonFault fault = visit(value, place); fault != JsonFault::kNone) return fault;
  }
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return count == 1 && at_end ? JsonFault::kNone : JsonFault::kNotJson;
}

JsonFault JsonDecoder::Walk::visit(Value& value, const Place& place) {
  if (++values_ > limits_.max_values) return JsonFault::kTooManyValues;
  json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) {
    JsonLeaf leaf;
    const JsonFault fault = read_bare(value, leaf);  // says whether it is NaN
    return fault == JsonFault::kNotFinite ? fault : JsonFault::kNotJson;
  }
  if (type == json_type::object || type == json_type::array) {
    if (place.depth == limits_.max_depth) return JsonFault::kTooDeep;
    return type == json_type::object ? visit_object(value, place) : visit_array(value, place);
  }
  JsonLeaf leaf;
  if (const JsonFault fault = read_scalar(value, type, leaf); fault != JsonFault::kNone) return fault;
  return take(leaf, place);
}

JsonFault JsonDecoder::Walk::visit_object(Value& value, const Place& place) {
  simdjson::ondemand::object object;
  if (const auto error = value.get_object().get(object)) return fault_of(error);
  const std::size_t first_key = keys_.size();
  for (auto item : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(item).get(field)) return fault_of(error);
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return fault_of(error);
    if (key.size() > limits_.max_text_bytes) return JsonFault::kTextTooLong;
    keys_.push_back(key);
    Value child = field.value();
    if (const JsonFault fault = visit_child(child, place, key, std::nullopt); fault != JsonFault::kNone) return fault;
  }
  if (has_duplicate_key(first_key)) return JsonFault::kDuplicateKey;
  keys_.resize(first_key);
  return JsonFault::kNone;
}

JsonFault JsonDecoder::Walk::visit_array(Value& value, const Place& place) {
  simdjson::ondemand::array array;
  if (const auto error = value.get_array().get(array)) return fault_of(error);
  std::size_t index = 0;
  for (auto item : array) {
    Value child;
    if (const auto error = item.get(child)) return fault_of(error);
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, index).ptr;
    const std::string_view key(digits, static_cast<std::size_t>(end - digits));
    if (const JsonFault fault = visit_child(child, place, key, index); fault != JsonFault::kNone) return fault;
    ++index;
  }
  return JsonFault::kNone;
}

JsonFault JsonDecoder::Walk::visit_child(Value& value, const Place& parent, std::string_view key,
                                         std::optional<std::size_t> index) {
  Place place;
  place.depth = parent.depth + 1;
  place.value = advance(parent.value, selection_->value, key, index);
  if (selection_->time) place.time = advance(parent.time, *selection_->time, key, index);
  place.time.on = place.time.on && selection_->time.has_value();
  const std::size_t path_size = path_.size();
  if (place.value.on && place.value.named) {
    if (path_size + key.size() >= kMaxPathBytes) return JsonFault::kTextTooLong;
    if (path_size != 0) path_ += '.';
    path_ += key;
  }
  const JsonFault fault = visit(value, place);
  path_.resize(path_size);
  return fault;
}

JsonDecoder::Walk::Cursor JsonDecoder::Walk::advance(const Cursor& cursor, const JsonPath& path, std::string_view key,
                                                     std::optional<std::size_t> index) {
  if (!cursor.on) return cursor;
  if (cursor.matched == path.steps.size()) return {true, cursor.matched, true};
  const auto& step = path.steps[cursor.matched].of;
  if (std::holds_alternative<JsonPath::Every>(step)) return {true, cursor.matched + 1, true};
  const auto* name = std::get_if<std::string>(&step);
  const bool matches = name != nullptr ? *name == key : index == std::get<std::size_t>(step);
  return {matches, cursor.matched + 1, false};
}

JsonFault JsonDecoder::Walk::read_scalar(Value& value, json_type type, JsonLeaf& leaf) {
  if (type != json_type::string) return read_bare(value, leaf);
  leaf.type = JsonType::kText;
  if (const auto error = value.get_string().get(leaf.text)) return fault_of(error);
  return leaf.text.size() > limits_.max_text_bytes ? JsonFault::kTextTooLong : JsonFault::kNone;
}

// A number, true, false or null, from its own characters: so a number of any length is rounded right.
JsonFault JsonDecoder::Walk::read_bare(Value& value, JsonLeaf& leaf) {
  const std::string_view token = trim_right(value.raw_json_token());
  if (token == "true" || token == "false") {
    leaf.type = JsonType::kBoolean;
    leaf.number = token == "true" ? 1 : 0;
  } else if (token == "null") {
    leaf.type = JsonType::kNull;
  } else {
    if (is_not_finite(token)) return JsonFault::kNotFinite;
    if (!is_json_number(token)) return JsonFault::kNotJson;
    const DecimalFault fault = parse_decimal(token, leaf.number);
    if (fault == DecimalFault::kMalformed) return JsonFault::kNotJson;
    if (fault == DecimalFault::kOutOfRange) return JsonFault::kOutOfRange;
    leaf.text = token;
  }
  return JsonFault::kNone;  // the container's iterator moves on past it
}

JsonFault JsonDecoder::Walk::take(JsonLeaf leaf, const Place& place) {
  if (place.time.on && place.time.matched == selection_->time->steps.size() && !place.time.named) {
    if (leaf.type == JsonType::kNumber || leaf.type == JsonType::kText) time_ = leaf;
  }
  if (!place.value.on || place.value.matched < selection_->value.steps.size()) return JsonFault::kNone;
  return take_leaf(leaf, path_.empty() && !place.value.named);
}

JsonFault JsonDecoder::Walk::take_leaf(JsonLeaf leaf, bool is_selected_place) {
  if (leaf.type == JsonType::kNull && !is_selected_place) return JsonFault::kNone;
  if (leaf.type == JsonType::kText && selection_->texts != JsonTexts::kKeep) {
    if (selection_->texts == JsonTexts::kAsNumbers && parse_decimal(leaf.text, leaf.number) == DecimalFault::kNone) {
      leaf.type = JsonType::kNumber;
    } else {
      unfit_text_ = unfit_text_ || is_selected_place;
      return JsonFault::kNone;
    }
  }
  paths_ += path_;
  path_ends_.push_back(paths_.size());
  leaves_.push_back(leaf);
  return JsonFault::kNone;
}

bool JsonDecoder::Walk::has_duplicate_key(std::size_t first_key) {
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(first_key);
  if (keys_.size() - first_key <= kFewKeys) {
    for (auto key = first; key != keys_.end(); ++key) {
      if (std::find(first, key, *key) != key) return true;
    }
    return false;
  }
  std::sort(first, keys_.end());
  return std::adjacent_find(first, keys_.end()) != keys_.end();
}

void JsonDecoder::Walk::link_paths() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    leaves_[i].path = std::string_view(paths_).substr(begin, path_ends_[i] - begin);
    begin = path_ends_[i];
  }
}

}  // namespace telltale::payload
