// One round: what is there for this device, whether it may be taken, and taking it. At any moment, also when the power
// goes, the old configuration or the new one is in place, and the next round goes on from there. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/provision/document.h"
#include "daemon/provision/fetch.h"
#include "daemon/provision/keys.h"
#include "daemon/provision/place.h"
#include "daemon/provision/state.h"

namespace telltale::provision {

inline constexpr std::uint64_t kMostTimes = 3;  // that a serial is begun with

struct RoundEnd {
  enum class What {
    kTaken,
    kWouldBeTaken,  // nothing was changed
    kNothingNew,
    kNone,     // there is nothing for this device
    kRefused,  // it may not be taken
    kFailed,   // it may, and cannot be
  } what = What::kNothingNew;
  std::string text;  // in one line
  [[nodiscard]] bool well() const { return what != What::kRefused && what != What::kFailed; }
};

// What may be done with a document, before anything of it but its frame is looked at.
struct Judged {
  RoundEnd::What what = RoundEnd::What::kTaken;  // that it is to be taken
  std::string why;
  std::string warning;
  std::uint64_t serial = 0;  // of what somebody we know has signed; else 0
};
struct JudgeView {
  const std::vector<PublicKey>& keys;
  const std::string& device;
  const State& state;
  const core::Clock& clock;
  bool again = false;  // also one that failed before
};
[[nodiscard]] Judged judge(std::string_view document, const JudgeView& view);

struct Round {
  std::string state_directory;
  std::string device;
  std::string source;  // what an ETag belongs to
  std::vector<PublicKey> keys;
  std::function<core::Result<Fetched>(const std::string& etag)> fetch;
  ConfigPlace& place;
  const core::Clock& clock;
  bool dry_run = false;
  bool again = false;
  std::function<void(const std::string&)> warn;
};

// An error: nothing could be fetched, read or remembered; or, kCorrupt, what is remembered is not what was.
[[nodiscard]] core::Result<RoundEnd> run_round(Round& round);

}  // namespace telltale::provision
