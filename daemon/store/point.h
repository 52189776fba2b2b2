// A reading as the store handles it on its way to and from flash. A value; no thread of its own.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/core/ids.h"
#include "daemon/core/reading.h"

namespace telltale::store {

struct Point {
  std::int64_t time = 0;  // nanoseconds since 1970-01-01 UTC
  double value = 0;
  core::SeriesId series{};
  core::Quality quality = core::Quality::kGood;
  bool has_text = false;
  std::string text;  // of an event
};

}  // namespace telltale::store
