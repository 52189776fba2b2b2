// What an instance declares, publishes and says: the host judges it, each case asks for one kind of mistake.
#include <chrono>
#include <string_view>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

constexpr int kPolls = 12;

template <const std::string_view& kTopic>
void no_problem(Lab& lab) {
  Lab::expect_no_problem(*lab.live({.polls = kPolls}), kTopic);
}

constexpr std::string_view kNames = "series.names";
constexpr std::string_view kLabels = "series.labels";
constexpr std::string_view kKinds = "series.kinds";
constexpr std::string_view kUnits = "series.units";
constexpr std::string_view kHints = "series.hints";
constexpr std::string_view kFinite = "publish.finite";
constexpr std::string_view kTimes = "publish.times";
constexpr std::string_view kDeclared = "publish.declared_series";
constexpr std::string_view kQuality = "publish.quality";
constexpr std::string_view kBatches = "publish.batches";
constexpr std::string_view kValueKinds = "publish.kinds";
constexpr std::string_view kTexts = "publish.texts";
constexpr std::string_view kRing = "publish.fits_ring";
constexpr std::string_view kLines = "log.lines";
constexpr std::string_view kReasons = "health.reasons";
constexpr std::string_view kCounters = "counters.names";

void survives_full(Lab& lab) {
  const auto instance = lab.create();
  instance->host().answer_full(true);
  const RunResult full = instance->run({.polls = kPolls});
  instance->destroy();
  const telltale_result last = full.results.back();
  if (last != TELLTALE_OK && last != TELLTALE_E_IO && last != TELLTALE_E_STOPPED) {
    fail("while the ring was full it answered " + result_text(last));
  }
  constexpr std::uint64_t kTries = 100'000;
  if (instance->host().calls_of_publish() > kTries) fail("it tried again and again while the ring was full");
}

void does_not_flood_log(Lab& lab) {
  constexpr std::uint64_t kMost = 60;  // a run takes less than a second; the host takes 20 lines a second
  const auto instance = lab.live({.polls = kPolls});
  if (const auto lines = instance->host().log_lines(); lines > kMost) {
    fail("it logged " + std::to_string(lines) +
         " lines in less than a second, the last: " + shown(instance->host().last_log()));
  }
}

constexpr Case kCases[] = {
    {{kNames, "Series have names that the host takes.", "1 to 256 bytes of clean UTF-8, none of {}\"@,=*?"},
     kAfterRun,
     &no_problem<kNames>},
    {{kLabels, "Labels are well-formed, at most 16, none twice.", "Name labels like [a-zA-Z_][a-zA-Z0-9_]*."},
     kAfterRun,
     &no_problem<kLabels>},
    {{kKinds, "Kinds of series are known, and names of states belong to states.",
      "Use TELLTALE_KIND_…; give states up to 64 names, with values of -32768 to 32767."},
     kAfterRun,
     &no_problem<kKinds>},
    {{kUnits, "Units and titles are short clean texts.", "At most 256 bytes of UTF-8, without control characters."},
     kAfterRun,
     &no_problem<kUnits>},
    {{kHints, "Hints for showing a series make sense.", "Decimals are 0 to 9, or -1 for none."},
     kAfterRun,
     &no_problem<kHints>},
    {{kDeclared, "Only declared series are published.",
      "Publish the numbers that declare_series wrote, to the same host."},
     kAfterRun,
     &no_problem<kDeclared>},
    {{kFinite, "Values are finite: a missing value has quality bad instead.",
      "Publish TELLTALE_QUALITY_BAD (publish_bad) instead of NaN or infinity."},
     kAfterRun,
     &no_problem<kFinite>},
    {{kTimes, "Times of a series do not go backwards and are not in the future.",
      "Stamp with host->now(), or 0; mark times of 1970 with TELLTALE_READING_WALL_TIME."},
     kAfterRun,
     &no_problem<kTimes>},
    {{kQuality, "Qualities and flags of readings are known ones.",
      "Use TELLTALE_QUALITY_… and TELLTALE_READING_… only."},
     kAfterRun,
     &no_problem<kQuality>},
    {{kBatches, "At most 4,096 readings are published at once.", "Split larger batches (telltale::Batch does)."},
     kAfterRun,
     &no_problem<kBatches>},
    {{kValueKinds, "Values are of their series' kind: texts for events, declared values for states.",
      "Use publish_text for events, and one of the declared values for a state."},
     kAfterRun,
     &no_problem<kValueKinds>},
    {{kTexts, "Published texts are UTF-8 of at most 4,096 bytes.", "Check and cut what a device sent."},
     kAfterRun,
     &no_problem<kTexts>},
    {{kRing, "What is published in a tenth of a second fits into the ring.",
      "Publish what a viewer can use: not more than some 100,000 readings a second."},
     kAfterRun,
     &no_problem<kRing>},
    {{"publish.survives_full", "A full ring (TELLTALE_FULL) does no harm.",
      "Go on with the next reading: the host counts the loss; do not try again in a loop."},
     kAfterGoodAnswers,
     &survives_full},
    {{kLines, "Log lines are UTF-8 of 1 to 2,048 bytes, with known severities.", "Use TELLTALE_LOG_ERROR to …_DEBUG."},
     kAfterRun,
     &no_problem<kLines>},
    {{"log.rate", "It does not flood the log.",
      "Log when something changes, not at each reading: more than 20 lines a second are dropped."},
     kAfterRun,
     &does_not_flood_log},
    {{kReasons, "Health is a known one, and a reason goes with what is not well.",
      "Use TELLTALE_HEALTH_…, and say in words what the user can do."},
     kAfterRun,
     &no_problem<kReasons>},
    {{kCounters, "Counters have at most 64 names of 64 bytes.", "Count kinds of things; never make a name from data."},
     kAfterRun,
     &no_problem<kCounters>},
};

}  // namespace

std::span<const Case> publish_cases() { return kCases; }

}  // namespace telltale::validator
