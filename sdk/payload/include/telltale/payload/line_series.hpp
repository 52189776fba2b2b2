// What a line protocol point means as readings of series: measurement `m`, field `f` and tags give the series `m.f`
// with the tags as labels; a field called `value` gives just `m`; strings are events, booleans are states.
//
//   LineMapper mapper;
//   mapper.begin(reader.point());
//   for (const LineField& field : reader.point().fields) use(mapper.map(field));
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/abi.h>
#include <telltale/payload/line_protocol.hpp>

namespace telltale::payload {

// The numbers are the ABI's TELLTALE_KIND_.
enum class PayloadKind : std::uint32_t {
  kGauge = TELLTALE_KIND_GAUGE,
  kState = TELLTALE_KIND_STATE,
  kEvent = TELLTALE_KIND_EVENT,
};

// Names of a boolean's values 0 and 1.
inline constexpr std::array<std::string_view, 2> kBooleanStates{"false", "true"};

// Views live until the next call of the mapper, and no longer than the point.
struct LineReading {
  std::string_view name;
  std::span<const LineTag> labels;
  PayloadKind kind = PayloadKind::kGauge;
  double value = 0;       // of a gauge or state
  std::string_view text;  // of an event
};

// Keeps the storage between points: nothing is allocated once it is large enough. One thread.
//
// A character that a series' name may not have ({}"@,=*? and control characters) and one that a label's name may not
// have (all but letters, digits and _) becomes _: the host's limits on length and count still apply.
class LineMapper {
 public:
  // The point whose fields follow; it must outlive the calls of map().
  void begin(const LinePoint& point);
  [[nodiscard]] LineReading map(const LineField& field);

 private:
  std::string name_;
  std::size_t measurement_size_ = 0;
  std::vector<LineTag> labels_;
  std::string label_names_;  // of the labels whose names had to change
};

}  // namespace telltale::payload
