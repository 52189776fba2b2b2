// Who was told of which alarm that fires, and how far: what a restart must not forget, so that nobody is told twice,
// and who was told hears the end. Plain values.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "daemon/core/clock.h"

namespace telltale::notify {

struct Told {
  core::WallTime since{};    // since when it fires
  core::WallTime last{};     // when it was told, the last time
  core::Duration reached{};  // the last step of its escalation that was told; 0: none
  bool muted = false;        // it fired while nobody was to be told
  friend bool operator==(const Told&, const Told&) = default;
};

inline constexpr std::size_t kMostTold = 1024;  // alarms of one target

// By rule and labels.
using ToldAlarms = std::map<std::string, Told>;
// By the target's id.
using ToldBook = std::map<std::string, ToldAlarms>;

// One line of JSON: `{"ops":{"oil hot":[since,last,reached,muted]}}`, times in ms.
[[nodiscard]] std::string told_text(const ToldBook& book);
// What makes no sense is left out, and so is what there is too much of.
[[nodiscard]] ToldBook read_told(std::string_view text);

}  // namespace telltale::notify
