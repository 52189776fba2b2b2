#include "daemon/store/copy_reader.h"

#include <utility>

#include "daemon/store/arrival.h"
#include "daemon/store/schema.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

constexpr std::size_t kPiece = 256U << 10U;

void put_record(ByteWriter& out, CopyRecord record) { out.fixed(static_cast<std::uint8_t>(record)); }

}  // namespace

core::Result<std::unique_ptr<CopyReader>> CopyReader::open(const std::string& path, const std::string& vfs) {
  auto database = Database::open(path, Database::Access::kReadOnly, vfs);
  if (!database) return database.error();
  std::unique_ptr<CopyReader> reader(new CopyReader(std::move(*database)));
  if (auto begun = reader->begin(); !begun) return begun.error().in(path);
  return reader;
}

core::Result<void> CopyReader::begin() {
  if (auto begun = database_.execute("BEGIN"); !begun) return begun;
  auto version = known_version(database_);
  if (!version) return version.error();
  if (*version == 0) return core::make_error(core::ErrorCode::kInvalid, "it holds no history");
  version_ = *version;
  return version_ >= 2 ? find_commits() : core::Result<void>();
}

core::Result<void> CopyReader::find_commits() {
  auto read = visit_tail(
      database_,
      [&](const TailCommit& commit) -> core::Result<void> {
        if (look_into(commit.block, false).sound) {
          commits_.insert(commit.number);
        } else {
          ++lost_commits_;
        }
        return {};
      },
      &lost_commits_);
  if (!read && is_damage(read.error())) {
    ++lost_commits_;
    return {};
  }
  return read;
}

core::Result<std::string> CopyReader::next() {
  std::string piece;
  if (ended_) return piece;
  ByteWriter out(piece);
  if (!begun_) {
    begun_ = true;
    piece += kCopyMagic;
    out.varint(kCopyVersion);
    out.varint(static_cast<std::uint64_t>(version_));
    if (!told_.empty()) put_finding(told_, piece);
    if (lost_commits_ > 0) {
      put_finding(std::to_string(lost_commits_) + " of the newest commits cannot be read", piece);
    }
  }
  auto done = core::Result<void>();
  if (const std::string reason = reason_ ? reason_() : std::string(); !reason.empty()) {
    done = core::make_error(core::ErrorCode::kUnavailable, "the history needs its room back: " + reason);
  }
  if (done) done = fill(piece);
  if (!done) {
    ended_ = true;
    put_record(out, CopyRecord::kError);
    out.text(done.error().text());
  }
  return piece;
}

core::Result<void> CopyReader::fill(std::string& piece) {
  ByteWriter out(piece);
  while (piece.size() < kPiece && !ended_) {
    if (table_ == copy_tables().size()) {
      if (auto put = put_meta(piece); !put) return put;
      put_record(out, CopyRecord::kEnd);
      out.varint(count_);
      ended_ = true;
      return {};
    }
    const CopyTable& table = copy_tables().at(table_);
    auto there = core::Result<bool>(table.since <= version_);
    if (table.record == CopyRecord::kTier) there = has_tiers(database_);
    if (!there) return there.error();
    if (!rows_ && *there) rows_.emplace(database_, table.name, table.columns, 0);
    core::Result<bool> row = false;
    if (rows_) {
      row = rows_->next([&](const RowScan::Gap& gap) {
        put_finding(std::string(table.name) + ": rows cannot be read (" + gap.why.message + ")", piece);
      });
    }
    if (!row) return row.error();
    if (*row) {
      put_row(table, piece);
    } else {
      rows_.reset();
      ++table_;
    }
  }
  return {};
}

void CopyReader::put_row(const CopyTable& table, std::string& piece) {
  const Statement& row = rows_->row();
  if (table.record == CopyRecord::kSlot) {
    ByteReader slot(row.blob(1));
    if (!commits_.contains(slot.fixed<std::uint64_t>())) return;  // compacted, or damaged
  }
  const bool blocks = table.record == CopyRecord::kSegment || table.record == CopyRecord::kLateBlock ||
                      table.record == CopyRecord::kBlock;
  if (blocks && !keep_block(table, piece)) return;
  if (table.record == CopyRecord::kTier) {
    if (const auto sound = check_tier(row.blob(7), row.integer(1)); !sound) {
      return put_finding("tier " + std::to_string(row.integer(0)) + ": " + sound.error().text(), piece);
    }
  }
  ByteWriter out(piece);
  put_record(out, table.record);
  for (int column = 0; column <= table.count; ++column) put_value(out, value_of(row, column));
  ++count_;
}

// False: the row is damaged. A segment whose own numbers are, but whose block is not, becomes a late block: those are
// found by what they hold.
bool CopyReader::keep_block(const CopyTable& table, std::string& piece) {
  const Statement& row = rows_->row();
  const std::string_view data = row.blob(table.count);
  const BlockFacts facts = look_into(data, false);
  const std::string name = std::string(table.name) + " " + std::to_string(row.integer(0));
  if (!facts.sound) {
    put_finding(name + ": " + facts.sound.error().text(), piece);
    return false;
  }
  const int first = table.record == CopyRecord::kSegment ? 4 : table.record == CopyRecord::kBlock ? 3 : 2;
  bool same = row.integer(first) <= facts.first && row.integer(first + 1) >= facts.last &&
              row.integer(table.count - 1) == static_cast<std::int64_t>(facts.readings);
  if (table.record == CopyRecord::kSegment) {
    same = same && row.integer(6) <= facts.low && row.integer(7) >= facts.high && row.integer(2) <= row.integer(1);
  }
  if (same || facts.readings == 0) return same;
  put_finding(name + ": its own span was damaged; its readings are kept", piece);
  ByteWriter out(piece);
  put_record(out, CopyRecord::kLateBlock);
  put_value(out, {});
  std::int64_t after = row.integer(1);
  if (table.record == CopyRecord::kSegment) after = kChunkBase + row.integer(3);
  if (table.record == CopyRecord::kBlock) after = row.integer(0);
  for (const std::int64_t number : {after, facts.first, facts.last, static_cast<std::int64_t>(facts.readings)}) {
    put_value(out, {CopyValue::Type::kInteger, number, 0, {}});
  }
  put_value(out, {CopyValue::Type::kBlob, 0, 0, data});
  ++count_;
  return false;
}

core::Result<void> CopyReader::put_meta(std::string& piece) {
  auto rows = database_.prepare("SELECT name, value FROM meta");
  if (!rows) return rows.error();
  ByteWriter out(piece);
  for (;;) {
    auto row = rows->step();
    if (!row && is_damage(row.error())) {
      put_finding("meta: it cannot be read", piece);
      return {};
    }
    if (!row) return row.error();
    if (!*row) return {};
    put_record(out, CopyRecord::kMeta);
    put_value(out, value_of(*rows, 0));
    put_value(out, value_of(*rows, 1));
    ++count_;
  }
}

void CopyReader::put_finding(const std::string& what, std::string& piece) {
  ByteWriter out(piece);
  put_record(out, CopyRecord::kFinding);
  out.text(what);
}

}  // namespace telltale::store
