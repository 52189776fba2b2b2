// Line protocol to readings for the pipeline, line by line: the good ones are kept, the bad ones told. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/payload/line_protocol.hpp>

#include "daemon/core/interfaces/live.h"
#include "daemon/net/problem.h"

namespace telltale::net {

struct PostedLines {
  std::vector<core::PostedReading> readings;
  LineReport report;  // `accepted` is for the pipeline to say
};

// What line protocol cannot say, for every series of a body.
struct LineDefaults {
  std::string unit;
  std::optional<core::SeriesKind> kind;  // of numbers: gauge, counter, state; of texts: event, state
};

[[nodiscard]] PostedLines read_lines(std::string_view body, telltale::payload::TimePrecision precision,
                                     const LineDefaults& defaults = {});

}  // namespace telltale::net
