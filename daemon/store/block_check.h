// Whether a row that holds a block is what it says: pure, and slow, as it decodes everything. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/ids.h"

namespace telltale::store {

// What is in a block, as far as it can be read.
struct BlockFacts {
  std::uint64_t readings = 0;
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  std::uint32_t low = UINT32_MAX;
  std::uint32_t high = 0;
  std::vector<core::SeriesId> series;  // as they come; each may come again
  core::Result<void> sound;            // else why the block cannot be read to its end
};

// `decode`: to the last bit of every value; else its checksum and its heads.
[[nodiscard]] BlockFacts look_into(std::string_view data, bool decode);

}  // namespace telltale::store
