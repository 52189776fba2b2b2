// The tail: the newest commits, each a block of all series, in slots of the file that are used again and again. A
// commit overwrites free slots in place: SQLite then writes their pages and nothing else, neither a tree nor a free
// list. A commit is live until it is compacted: until meta's `compacted` reaches its number. Belongs to the owner of
// the writing connection; visit_tail() to whoever has a connection.
//
//   a slot: number of the commit (u64, 0: never used), journal position behind it (u64), part and parts (u16 each),
//           bytes (u16), then as many bytes of the block, then zeros
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

// With its row's head, what fits into a page of 1,024 bytes without overflow.
inline constexpr std::size_t kSlotBytes = 985;
inline constexpr std::size_t kSlotHead = 22;
inline constexpr std::size_t kSlotData = kSlotBytes - kSlotHead;

struct TailCommit {
  std::uint64_t number = 0;
  std::uint64_t position = 0;
  std::string_view block;
};

// In the order in which they were committed. A commit of which a part is missing or damaged is left out; `damaged`
// counts them, where it is given; where it is not, a failure to read is an error.
using TailVisitor = std::function<core::Result<void>(const TailCommit& commit)>;
[[nodiscard]] core::Result<void> visit_tail(Database& database, const TailVisitor& visitor,
                                            std::uint64_t* damaged = nullptr);

class Tail {
 public:
  // `slots`: at most so many are used.
  [[nodiscard]] static core::Result<Tail> load(Database& database, std::size_t slots);

  // A block as it is put: as it is, or smaller, where that takes fewer slots.
  [[nodiscard]] static std::string packed(const std::string& block);
  [[nodiscard]] static std::size_t slots_of(std::size_t bytes) { return (bytes + kSlotData - 1) / kSlotData; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] bool empty() const { return live_.empty(); }
  [[nodiscard]] bool fits(std::size_t bytes) const { return used_ + slots_of(bytes) <= capacity_; }
  // The number of the last commit, live or not.
  [[nodiscard]] std::uint64_t newest() const { return newest_; }
  // The journal's behind the last live one; 0: there is none.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  // A packed block. Inside the caller's transaction. The number of the commit.
  [[nodiscard]] core::Result<std::uint64_t> put(Database& database, std::uint64_t position, std::string_view packed);
  // All of it was compacted.
  void clear();
  // The slots' rows go, so that their pages serve others. Inside the caller's transaction, with nothing live.
  [[nodiscard]] core::Result<void> give_back(Database& database);

 private:
  [[nodiscard]] std::int64_t take_slot();

  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::uint64_t newest_ = 0;
  std::uint64_t position_ = 0;
  std::vector<bool> taken_;  // of the rows there are: id 1 is the first
  std::map<std::uint64_t, std::vector<std::int64_t>> live_;
};

}  // namespace telltale::store
