#include "daemon/store/block_check.h"

#include <algorithm>

#include "daemon/store/block_codec.h"
#include "daemon/store/tier_codec.h"

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

core::Result<void> check_tier(std::string_view data, std::int64_t level) {
  if (std::find(kTierSteps.begin(), kTierSteps.end(), level) == kTierSteps.end()) {
    return core::make_error(core::ErrorCode::kCorrupt, "there are no buckets of that length");
  }
  std::vector<TierBucket> buckets;
  return visit_tier(data,
                    [&](core::SeriesId, std::string_view body) { return decode_buckets(body, level, true, buckets); });
}

}  // namespace telltale::store
