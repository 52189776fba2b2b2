// Times as files have them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/error.h"
#include "daemon/core/time_zone.h"

namespace telltale::tools {

class ImportTime {
 public:
  // `format`: auto, s, ms, us, ns, rfc3339, or a format of strptime(3). `zone`: of times that name none.
  [[nodiscard]] static core::Result<ImportTime> make(const std::string& format, const std::string& zone);

  // ns since 1970-01-01 UTC; nothing when it is no such time.
  [[nodiscard]] std::optional<std::int64_t> read(std::string_view text) const;

 private:
  enum class Form : std::uint8_t { kAuto, kNumber, kDate, kPattern };
  Form form_ = Form::kAuto;
  std::int64_t unit_ = 0;  // of a number, ns
  std::string pattern_;
  core::TimeZone zone_;
};

// A number of `unit` ns each, with a fraction, exactly; nothing when it is none, or does not fit.
[[nodiscard]] std::optional<std::int64_t> scaled_time(std::string_view text, std::int64_t unit);

}  // namespace telltale::tools
