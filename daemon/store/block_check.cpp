#include "daemon/store/block_check.h"

#include <algorithm>

#include "daemon/store/block_codec.h"

namespace telltale::store {

BlockFacts look_into(std::string_view data, bool decode) {
  BlockFacts facts;
  Column column;
  facts.sound = visit_block(data, [&](const BlockHead& head, std::string_view body) -> core::Result<void> {
    facts.readings += head.count;
    facts.first = std::min(facts.first, head.first);
    facts.last = std::max(facts.last, head.last);
    facts.low = std::min(facts.low, head.series.value);
    facts.high = std::max(facts.high, head.series.value);
    facts.series.push_back(head.series);
    return decode ? decode_column(head, body, column) : core::Result<void>();
  });
  return facts;
}

}  // namespace telltale::store
