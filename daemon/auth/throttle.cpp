#include "daemon/auth/throttle.h"

#include <algorithm>

namespace telltale::auth {

namespace {

constexpr unsigned kFree = 5;  // tries without a wait
constexpr std::chrono::seconds kLongest{900};
constexpr std::chrono::hours kForgotten{1};  // after the last failure
constexpr std::size_t kMostKeys = 4'096;     // beyond it the one that failed longest ago is forgotten

}  // namespace

std::chrono::seconds Throttle::wait_of(const std::string& key, core::BootTime now) const {
  const auto found = keys_.find(key);
  if (found == keys_.end() || found->second.until <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(found->second.until - now);
}

void Throttle::failed(const std::string& key, core::BootTime now) {
  std::erase_if(keys_, [now](const auto& item) { return item.second.last + kForgotten < now; });
  if (keys_.size() >= kMostKeys && !keys_.contains(key)) {
    keys_.erase(std::min_element(keys_.begin(), keys_.end(), [](const auto& one, const auto& other) {
      return one.second.last < other.second.last;
    }));
  }
  Record& record = keys_[key];
  record.last = now;
  if (++record.failures < kFree) return;
  const unsigned doublings = std::min(record.failures - kFree, 16U);
  record.until = now + std::min(kLongest, std::chrono::seconds(2) * (1U << doublings));
}

}  // namespace telltale::auth
