#include "daemon/store/copy_rows.h"

namespace telltale::store {

const std::array<CopyTable, 7>& copy_tables() {
  static constexpr std::array<CopyTable, 7> kTables = {{
      {CopyRecord::kSeries, "series", "key, input, unit, kind, states, title, decimals, low, high", 9, 1},
      {CopyRecord::kSegment, "segment", "upto, settled, chunk, first, last, low, high, readings, data", 9, 2},
      {CopyRecord::kLateBlock, "late_block", "after, first, last, readings, data", 5, 1},
      {CopyRecord::kSlot, "slot", "data", 1, 2},
      {CopyRecord::kBlock, "block", "position, upto, first, last, readings, data", 6, 1},
      {CopyRecord::kSpan, "span", "first, last", 2, 1},
      {CopyRecord::kTier, "tier", "level, first, last, chunk, low, high, data", 7, 3},
  }};
  return kTables;
}

const CopyTable* copy_table(CopyRecord record) {
  for (const CopyTable& table : copy_tables()) {
    if (table.record == record) return &table;
  }
  return nullptr;
}

CopyValue value_of(const Statement& row, int column) {
  CopyValue value;
  value.type = row.type(column);
  switch (value.type) {
    case CopyValue::Type::kNull:
      break;
    case CopyValue::Type::kInteger:
      value.integer = row.integer(column);
      break;
    case CopyValue::Type::kReal:
      value.real = row.real(column);
      break;
    case CopyValue::Type::kText:
      value.bytes = row.text(column);
      break;
    case CopyValue::Type::kBlob:
      value.bytes = row.blob(column);
      break;
  }
  return value;
}

void bind_value(Statement& statement, int index, const CopyValue& value) {
  switch (value.type) {
    case CopyValue::Type::kNull:
      statement.bind_null(index);
      break;
    case CopyValue::Type::kInteger:
      statement.bind(index, value.integer);
      break;
    case CopyValue::Type::kReal:
      statement.bind(index, value.real);
      break;
    case CopyValue::Type::kText:
      statement.bind(index, value.bytes);
      break;
    case CopyValue::Type::kBlob:
      statement.bind_blob(index, value.bytes);
      break;
  }
}

void put_value(ByteWriter& out, const CopyValue& value) {
  out.fixed(static_cast<std::uint8_t>(value.type));
  if (value.type == CopyValue::Type::kInteger) out.signed_varint(value.integer);
  if (value.type == CopyValue::Type::kReal) out.fixed(value.real);
  if (value.type == CopyValue::Type::kText || value.type == CopyValue::Type::kBlob) out.text(value.bytes);
}

CopyValue take_value(ByteReader& in) {
  CopyValue value;
  const auto type = in.fixed<std::uint8_t>();
  if (!in.ok() || type > static_cast<std::uint8_t>(CopyValue::Type::kBlob)) {
    in.fail();
    return value;
  }
  value.type = static_cast<CopyValue::Type>(type);
  if (value.type == CopyValue::Type::kInteger) value.integer = unzigzag(in.varint());
  if (value.type == CopyValue::Type::kReal) value.real = in.fixed<double>();
  if (value.type == CopyValue::Type::kText || value.type == CopyValue::Type::kBlob) value.bytes = in.text();
  return value;
}

}  // namespace telltale::store
