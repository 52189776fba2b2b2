// How the tool ends: promised to scripts (sysexits.h has the names of 69, 77 and 78).
#pragma once

#include "daemon/core/error.h"

namespace telltale::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnreachable = 69;
inline constexpr int kExitDenied = 77;
inline constexpr int kExitConfig = 78;

[[nodiscard]] constexpr int exit_code_of(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::kInvalid:
      return kExitUsage;
    case core::ErrorCode::kUnavailable:
    case core::ErrorCode::kTimeout:
      return kExitUnreachable;
    case core::ErrorCode::kDenied:
      return kExitDenied;
    default:
      return kExitFailed;
  }
}

}  // namespace telltale::cli
