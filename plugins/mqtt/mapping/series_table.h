// The series that messages have created: declared lazily, found again by name, and at most so many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <telltale/cpp/host.hpp>
#include <telltale/payload/series_budget.hpp>

namespace telltale::mqtt {

// So that a map with std::string keys is searched by views, without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

// Owned by the mapper; used by one thread at a time.
class SeriesTable {
 public:
  struct Entry {
    std::uint32_t number = 0;  // the host's
    std::uint32_t kind = TELLTALE_KIND_GAUGE;
  };

  SeriesTable(Host host, std::size_t max_series)
      : host_(host), budget_(std::make_shared<payload::SeriesBudget>(host, max_series)) {}

  [[nodiscard]] std::optional<Entry> find(std::string_view key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
  }
  // Nothing when the limit is reached (counted as series.over_limit, logged once) or the host refuses the name
  // (series.refused).
  [[nodiscard]] std::optional<Entry> declare(std::string_view key, const SeriesSpec& spec);

  // Of the input: the shared rules' series count as well.
  [[nodiscard]] const std::shared_ptr<payload::SeriesBudget>& budget() const noexcept { return budget_; }

 private:
  Host host_;
  std::shared_ptr<payload::SeriesBudget> budget_;
  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
};

}  // namespace telltale::mqtt
