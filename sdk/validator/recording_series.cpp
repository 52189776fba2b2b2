// Declarations of series, of recording_host.h.
#include <algorithm>
#include <array>
#include <utility>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/recording_host.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

constexpr std::uint32_t kMostSeries = 65'536;
constexpr std::size_t kMostDeclaredBytes = std::size_t{16} << 20U;
constexpr std::uint32_t kMostLabels = 16;
constexpr std::uint32_t kMostStates = 64;
constexpr std::size_t kMostNameBytes = 256;

bool is_series_name(telltale_str name) {
  return is_sane(name, kMostNameBytes) && name.size > 0 && is_clean(to_view(name)) &&
         to_view(name).find_first_of("{}\"@,=*?") == std::string_view::npos;
}

bool is_label_name(telltale_str name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!is_sane(name, kMostNameBytes) || name.size == 0 || !letter(*name.data)) return false;
  const std::string_view text = to_view(name);
  return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

telltale_result RecordingHost::declare_series(const telltale_host* host, const telltale_series* series,
                                              std::uint32_t* number) {
  RecordingHost& it = self(host);
  it.called("declare_series");
  if (it.refuse_series_) {
    it.note("probe.publishes_nothing", "declared a series");
    return TELLTALE_E_INVALID;
  }
  if (series == nullptr || number == nullptr) {
    it.note("series.names", "declared a series from nowhere (NULL)");
    return TELLTALE_E_INVALID;
  }
  return it.declare(*series, *number);
}

telltale_result RecordingHost::declare(const telltale_series& series, std::uint32_t& number) {
  std::string key;
  if (!check_declaration(series, key)) return TELLTALE_E_INVALID;
  const std::lock_guard lock(mutex_);
  if (const auto found = numbers_.find(key); found != numbers_.end()) {
    number = found->second;
    return TELLTALE_OK;
  }
  declared_bytes_ += key.size() + 64;
  if (declared_.size() >= kMostSeries || declared_bytes_ > kMostDeclaredBytes) return TELLTALE_E_LIMIT;
  number = static_cast<std::uint32_t>(declared_.size());
  Declared& added = declared_.emplace_back();
  added.key = key;
  added.kind = series.kind;
  for (std::uint32_t i = 0; i < series.state_count; ++i) added.states.push_back(series.states[i].value);
  numbers_.emplace(std::move(key), number);
  return TELLTALE_OK;
}

// Whether the daemon would take it; its canonical key.
bool RecordingHost::check_declaration(const telltale_series& series, std::string& key) {
  if (!is_series_name(series.name)) {
    note("series.names", "declared a malformed name: " + shown(series.name));
    return false;
  }
  key = to_view(series.name);
  if (!check_labels(series, key) || !check_states(series)) return false;
  if (series.kind > TELLTALE_KIND_EVENT) {
    note("series.kinds", "declared " + shown(key) + " of kind " + std::to_string(series.kind));
    return false;
  }
  for (const telltale_str text : {series.unit, series.title}) {
    if (is_sane(text, kMostNameBytes) && is_clean(to_view(text))) continue;
    note("series.units", "declared " + shown(key) + " with a unit or title that is no text of up to 256 bytes");
    return false;
  }
  if (series.decimals < -1 || series.decimals > 9) {
    note("series.hints", "declared " + shown(key) + " with " + std::to_string(series.decimals) + " decimals");
  }
  return true;
}

bool RecordingHost::check_labels(const telltale_series& series, std::string& key) {
  if (series.label_count > kMostLabels || (series.label_count > 0 && series.labels == nullptr)) {
    note("series.labels", "declared " + shown(key) + " with " + std::to_string(series.label_count) + " labels");
    return false;
  }
  std::map<std::string, std::string> sorted;
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    const telltale_label& label = series.labels[i];
    const bool well = is_label_name(label.name) && is_sane(label.value, kMostNameBytes) &&
                      is_clean(to_view(label.value)) && !sorted.contains(std::string(to_view(label.name)));
    if (!well) {
      note("series.labels", "declared " + shown(key) + " with a malformed or doubled label: " + shown(label.name));
      return false;
    }
    sorted.emplace(to_view(label.name), to_view(label.value));
  }
  for (const auto& [name, value] : sorted) key.append("{").append(name).append("=").append(value).append("}");
  return true;
}

bool RecordingHost::check_states(const telltale_series& series) {
  const std::string key = shown(series.name);
  if (series.state_count > kMostStates || (series.state_count > 0 && series.states == nullptr)) {
    note("series.kinds", "declared " + key + " with " + std::to_string(series.state_count) + " states");
    return false;
  }
  if (series.state_count > 0 && series.kind != TELLTALE_KIND_STATE) {
    note("series.kinds", "declared names of states for " + key + ", which is no state");
  }
  for (std::uint32_t i = 0; i < series.state_count; ++i) {
    const telltale_state_name& state = series.states[i];
    const bool well = is_sane(state.name, kMostNameBytes) && state.name.size > 0 && is_clean(to_view(state.name)) &&
                      state.value >= -32'768 && state.value <= 32'767;
    if (well) continue;
    note("series.kinds", "declared " + key + " with a malformed state " + std::to_string(state.value));
    return false;
  }
  return true;
}

}  // namespace telltale::validator
