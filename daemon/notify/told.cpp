#include "daemon/notify/told.h"

#include <chrono>
#include <cstdint>
#include <optional>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/notify_spec.h"

namespace telltale::notify {

namespace {

constexpr std::size_t kMostBytes = 32U << 20U;
constexpr std::int64_t kLast = 9'000'000'000'000;  // ms
constexpr std::size_t kNumbers = 4;

std::optional<Told> read_one(const boost::json::value& value) {
  const auto* const numbers = value.if_array();
  if (numbers == nullptr || numbers->size() != kNumbers) return std::nullopt;
  for (const auto& number : *numbers) {
    if (!number.is_int64() || number.get_int64() < 0 || number.get_int64() > kLast) return std::nullopt;
  }
  return Told{core::from_ms((*numbers)[0].get_int64()), core::from_ms((*numbers)[1].get_int64()),
              std::chrono::milliseconds((*numbers)[2].get_int64()), (*numbers)[3].get_int64() != 0};
}

}  // namespace

std::string told_text(const ToldBook& book) {
  std::string text;
  for (const auto& [id, alarms] : book) {
    if (alarms.empty()) continue;
    text += (text.empty() ? "" : ",") + core::json_string(id) + ":{";
    bool first = true;
    for (const auto& [key, told] : alarms) {
      text +=
          fmt::format("{}{}:[{},{},{},{}]", first ? "" : ",", core::json_string(key), core::to_ms(told.since),
                      core::to_ms(told.last),
                      std::chrono::duration_cast<std::chrono::milliseconds>(told.reached).count(), told.muted ? 1 : 0);
      first = false;
    }
    text += '}';
  }
  return '{' + text + '}';
}

ToldBook read_told(std::string_view text) {
  ToldBook book;
  if (text.size() > kMostBytes) return book;
  boost::system::error_code failure;
  boost::json::parse_options options;
  options.max_depth = 4;
  const auto document = boost::json::parse(boost::json::string_view(text.data(), text.size()), failure, {}, options);
  const auto* const targets = failure ? nullptr : document.if_object();
  if (targets == nullptr) return book;
  for (const auto& target : *targets) {
    const auto* const alarms = target.value().if_object();
    if (alarms == nullptr || book.size() == core::kMaxNotifyTargets) continue;
    ToldAlarms& all = book[std::string(target.key().data(), target.key().size())];
    for (const auto& alarm : *alarms) {
      const auto told = read_one(alarm.value());
      if (told && all.size() < kMostTold) all.emplace(std::string(alarm.key().data(), alarm.key().size()), *told);
    }
  }
  return book;
}

}  // namespace telltale::notify
