#include "daemon/store/tail.h"

#include <algorithm>
#include <optional>
#include <string>

#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/zstd.h"
#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"

namespace telltale::store {

namespace {

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::size_t kMostBlock = 16U << 20U;  // bytes: more than a transaction has

struct Slot {
  std::uint64_t number = 0;
  std::uint64_t position = 0;
  std::uint16_t part = 0;
  std::uint16_t parts = 0;
  std::string_view data;
  bool good = false;
};

Slot parse(std::string_view bytes) {
  ByteReader in(bytes);
  Slot slot;
  slot.number = in.fixed<std::uint64_t>();
  slot.position = in.fixed<std::uint64_t>();
  slot.part = in.fixed<std::uint16_t>();
  slot.parts = in.fixed<std::uint16_t>();
  slot.data = in.take(in.fixed<std::uint16_t>());
  slot.good = in.ok() && (slot.number == 0 || slot.part < slot.parts);
  return slot;
}

struct Parts {
  std::uint64_t position = 0;
  std::vector<std::string> data;
  std::size_t found = 0;
};

// A block begins with its version, which is no first byte of a frame.
bool unpack(std::string& packed, std::string& block) {
  if (!packed.starts_with(kZstdMagic)) {
    block.swap(packed);
    return true;
  }
  return decompress(packed, kMostBlock, block);
}

// Calls `visit(id, slot)` for every row.
template <class Visit>
core::Result<void> each_slot(Database& database, const Visit& visit, std::uint64_t* damaged = nullptr) {
  RowScan rows(database, "slot", "data", 0);
  std::optional<core::Error> failed;
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap& gap) {
      if (damaged != nullptr) ++*damaged;
      if (gap.why.code == core::ErrorCode::kIo) failed = gap.why;
    });
    if (!row) return row.error();
    // Who reads to write again must not take what cannot be read at the moment for what is lost.
    if (failed && damaged == nullptr) return *failed;
    if (!*row) return {};
    visit(rows.row().integer(0), parse(rows.row().blob(1)));
  }
}

}  // namespace

core::Result<void> visit_tail(Database& database, const TailVisitor& visitor, std::uint64_t* damaged) {
  auto compacted = get_meta(database, Meta::kCompacted);
  if (!compacted) return compacted.error();
  std::map<std::uint64_t, Parts> commits;
  std::uint64_t lost = 0;
  auto read = each_slot(
      database,
      [&](std::int64_t, const Slot& slot) {
        if (!slot.good) ++lost;
        if (!slot.good || slot.number <= static_cast<std::uint64_t>(*compacted)) return;
        Parts& parts = commits[slot.number];
        parts.position = slot.position;
        parts.data.resize(std::max<std::size_t>(parts.data.size(), slot.parts));
        parts.data[slot.part] = slot.data;
        ++parts.found;
      },
      damaged == nullptr ? nullptr : &lost);
  if (!read) return read;
  for (const auto& [number, parts] : commits) {
    if (parts.found != parts.data.size()) {
      ++lost;
      continue;
    }
    std::string packed;
    for (const std::string& data : parts.data) packed += data;
    std::string block;
    if (!unpack(packed, block)) {
      ++lost;
      continue;
    }
    if (auto done = visitor({number, parts.position, block}); !done) return done;
  }
  if (damaged != nullptr) *damaged = lost;
  return {};
}

core::Result<Tail> Tail::load(Database& database, std::size_t slots) {
  Tail tail;
  tail.capacity_ = slots;
  auto compacted = get_meta(database, Meta::kCompacted);
  if (!compacted) return compacted.error();
  tail.newest_ = static_cast<std::uint64_t>(*compacted);
  auto read = each_slot(database, [&](std::int64_t id, const Slot& slot) {
    if (id < 1 || id > UINT16_MAX) return;
    tail.taken_.resize(std::max(tail.taken_.size(), static_cast<std::size_t>(id)));
    if (!slot.good || slot.number <= static_cast<std::uint64_t>(*compacted)) return;
    tail.taken_[static_cast<std::size_t>(id) - 1] = true;
    tail.live_[slot.number].push_back(id);
    if (slot.number > tail.newest_) {
      tail.newest_ = slot.number;
      tail.position_ = slot.position;
    }
    ++tail.used_;
  });
  if (!read) return read.error();
  return tail;
}

std::int64_t Tail::take_slot() {
  const auto free = std::find(taken_.begin(), taken_.end(), false);
  const auto index = free - taken_.begin();
  if (free == taken_.end()) taken_.push_back(true);
  taken_[static_cast<std::size_t>(index)] = true;
  ++used_;
  return index + 1;
}

std::string Tail::packed(const std::string& block) {
  if (slots_of(block.size()) == 1) return block;
  std::string smaller = compress(block);
  return smaller.empty() || slots_of(smaller.size()) >= slots_of(block.size()) ? block : smaller;
}

core::Result<std::uint64_t> Tail::put(Database& database, std::uint64_t position, std::string_view packed) {
  // A row that is there, and is as long as before, is overwritten where it lies.
  auto put = database.prepare("INSERT INTO slot VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET data=excluded.data");
  if (!put) return put.error();
  const std::size_t parts = std::max<std::size_t>(1, slots_of(packed.size()));
  const std::uint64_t number = newest_ + 1;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::string_view data = packed.substr(part * kSlotData, kSlotData);
    std::string bytes;
    ByteWriter out(bytes);
    out.fixed(number);
    out.fixed(position);
    out.fixed(static_cast<std::uint16_t>(part));
    out.fixed(static_cast<std::uint16_t>(parts));
    out.fixed(static_cast<std::uint16_t>(data.size()));
    bytes += data;
    bytes.resize(kSlotBytes);
    const std::int64_t slot = take_slot();
    live_[number].push_back(slot);
    if (auto done = put->bind(1, slot).bind_blob(2, bytes).run(); !done) return done.error();
  }
  newest_ = number;
  position_ = position;
  return number;
}

void Tail::clear() {
  live_.clear();
  used_ = 0;
  position_ = 0;
  std::fill(taken_.begin(), taken_.end(), false);
}

core::Result<void> Tail::give_back(Database& database) {
  taken_.clear();
  return database.execute("DELETE FROM slot");
}

}  // namespace telltale::store
