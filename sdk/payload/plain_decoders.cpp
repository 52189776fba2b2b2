#include "sdk/payload/plain_decoders.h"

#include <utility>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/number_payload.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::payload {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

ItemType type_of(JsonType type) {
  switch (type) {
    case JsonType::kBoolean:
      return ItemType::kBoolean;
    case JsonType::kText:
      return ItemType::kText;
    case JsonType::kNull:
      return ItemType::kNull;
    default:
      return ItemType::kNumber;
  }
}

}  // namespace

void JsonItems::decode(std::string_view payload, Receiver& receiver) {
  const JsonFault fault = decoder_.decode(payload, choice_.selection);
  if (fault != JsonFault::kNone) return receiver.refused(to_word(fault), {});
  items_.clear();
  for (const JsonLeaf& leaf : decoder_.leaves()) {
    std::string_view text = leaf.text;
    if (leaf.type == JsonType::kBoolean) text = kBooleanStates.at(leaf.number != 0 ? 1 : 0);
    items_.push_back({leaf.path, type_of(leaf.type), leaf.number, text, {}});
    Item& item = items_.back();
    if (choice_.numbers && item.type == ItemType::kText && parse_decimal(text, item.number) == DecimalFault::kNone) {
      item.type = ItemType::kNumber;
    }
  }
  Record record{items_};
  if (decoder_.time()) record.time = decoder_.time()->text;
  receiver.record(record);
}

void NumberItem::decode(std::string_view payload, Receiver& receiver) {
  Item item;
  if (decimal_comma_ && payload.find(',') != std::string_view::npos) {
    item = item_of({}, payload, true);
    if (item.type == ItemType::kText) return receiver.refused(to_word(NumberFault::kNotANumber), {});
  } else {
    NumberPayload number;
    const NumberFault fault = parse_number_payload(payload, {}, number);
    if (fault != NumberFault::kNone) return receiver.refused(to_word(fault), {});
    item = {{}, number.is_state ? ItemType::kBoolean : ItemType::kNumber, number.value, number.word, number.unit};
  }
  if (!is_utf8(item.unit)) return receiver.refused("not_utf8", {});
  if (!is_utf8(item.text)) item.text = {};
  const std::array<Item, 1> items{item};
  receiver.record({items});
}

void TextItem::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  if (!is_utf8(payload)) return receiver.refused("not_utf8", {});
  const std::size_t first = payload.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return receiver.refused("empty", {});
  Item item;
  item.type = ItemType::kText;
  item.text = payload.substr(first, payload.find_last_not_of(kBlanks) - first + 1);
  const std::array<Item, 1> items{item};
  receiver.record({items});
}

void LineItems::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  if (!is_utf8(payload)) return receiver.refused("not_utf8", {});
  LineReader reader(payload);
  for (;;) {
    const LineReader::Step step = reader.next();
    if (step == LineReader::Step::kEnd) return;
    if (step == LineReader::Step::kError) {
      receiver.refused("bad_line", reader.error().reason);
      continue;
    }
    const LinePoint& point = reader.point();
    mapper_.begin(point);
    items_.clear();
    if (names_.size() < point.fields.size()) names_.resize(point.fields.size());
    Record record;
    for (std::size_t i = 0; i < point.fields.size(); ++i) {
      const LineReading reading = mapper_.map(point.fields[i]);
      names_[i].assign(reading.name);
      Item item{names_[i], ItemType::kNumber, reading.value, reading.text, {}};
      if (reading.kind == PayloadKind::kState) {
        item.type = ItemType::kBoolean;
        item.text = kBooleanStates.at(reading.value != 0 ? 1 : 0);
      } else if (reading.kind == PayloadKind::kEvent) {
        item.type = ItemType::kText;
      }
      record.labels = reading.labels;
      items_.push_back(item);
    }
    record.items = items_;
    record.time_ns = point.time;
    receiver.record(record);
  }
}

void AutoItems::decode(std::string_view payload, Receiver& receiver) {
  const std::size_t first = payload.find_first_not_of(kBlanks);
  const char c = first == std::string_view::npos ? ' ' : payload[first];
  if (c == '{' || c == '[' || c == '"') return json_.decode(payload, receiver);
  if (plain_) return number_.decode(payload, receiver);
  if (c == '$' || c == '!') return nmea_.decode(payload, receiver);
  if (payload.find_first_of("=:") != std::string_view::npos) return pairs_.decode(payload, receiver);
  number_.decode(payload, receiver);
}

}  // namespace telltale::payload
