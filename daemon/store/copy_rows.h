// The bytes of a copy of the history, as they go from a daemon to its tool: rows of tables, one after the other.
// docs/format.md ("Copies") has them exactly. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/codec/bytes.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

inline constexpr std::string_view kCopyMagic = "TLLTCOPY";
inline constexpr std::uint64_t kCopyVersion = 1;

enum class CopyRecord : std::uint8_t {
  kEnd = 0,  // behind the last row: how many there were
  // Rows, by table; their columns are those of CopyTable.
  kSeries = 1,
  kSegment = 2,
  kLateBlock = 3,
  kSlot = 4,
  kBlock = 5,
  kSpan = 6,
  kMeta = 7,
  kTier = 8,
  kFinding = 254,  // something that could not be copied
  kError = 255,    // why the copy ends here, and is none
};

struct CopyTable {
  CopyRecord record = CopyRecord::kEnd;
  const char* name = "";
  const char* columns = "";  // behind the rowid
  int count = 0;             // of columns, without the rowid
  std::int64_t since = 1;    // version of the schema
};

// In the order of a copy; meta, which has no rowid, has its own record.
[[nodiscard]] const std::array<CopyTable, 7>& copy_tables();
[[nodiscard]] const CopyTable* copy_table(CopyRecord record);

// A value as SQLite has it.
struct CopyValue {
  using Type = Statement::Type;  // its number is in the copy
  Type type = Type::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes;
};
[[nodiscard]] CopyValue value_of(const Statement& row, int column);
void bind_value(Statement& statement, int index, const CopyValue& value);
void put_value(ByteWriter& out, const CopyValue& value);
// in.ok() is false when there is no whole one.
[[nodiscard]] CopyValue take_value(ByteReader& in);

}  // namespace telltale::store
