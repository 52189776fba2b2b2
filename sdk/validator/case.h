// The table of cases, as the validator runs it.
#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "sdk/validator/validator.h"
#include "sdk/validator/watch.h"

namespace telltale::validator {

class Lab;

struct Case {
  CaseInfo info;
  // Cases of which none may be bad: without them this one would only say the same again, or nothing.
  std::array<std::string_view, 4> after{};
  // Runs in the case's process: returns when it passed, else throws a Verdict.
  void (*check)(Lab& lab) = nullptr;
  // The plugin is watched, and the case fails when it does this.
  Deed forbids = Deed::kNone;
  std::chrono::milliseconds deadline{10'000};
};

// What comes after an instance was made, has run and was ended, all in order. A plugin whose threads go on after that
// may crash any later case, or none: only the case about it says so.
inline constexpr std::array<std::string_view, 4> kAfterRun{"destroy.no_late_calls"};

// And answers as it must.
inline constexpr std::array<std::string_view, 4> kAfterGoodAnswers{"poll.result_codes", "stream.result_codes"};

// One part of the table each; the files of cases/.
[[nodiscard]] std::span<const Case> file_cases();
[[nodiscard]] std::span<const Case> entry_cases();
[[nodiscard]] std::span<const Case> option_cases();
[[nodiscard]] std::span<const Case> create_cases();
[[nodiscard]] std::span<const Case> run_cases();
[[nodiscard]] std::span<const Case> publish_cases();
[[nodiscard]] std::span<const Case> process_cases();
[[nodiscard]] std::span<const Case> needs_cases();
[[nodiscard]] std::span<const Case> extension_cases();

// All of them, in the order of the report. Pointers into static tables.
[[nodiscard]] std::vector<const Case*> all_cases();

}  // namespace telltale::validator
