// Making and ending instances.
#include <chrono>
#include <thread>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

using Steady = std::chrono::steady_clock;

// Far more than a create needs that does not wait, on the slowest machine.
constexpr std::chrono::seconds kBlocked{2};
// What a thread of the plugin may still do after destroy shows within this time.
constexpr std::chrono::milliseconds kAfterwards{150};

void takes_defaults(Lab& lab) { lab.create(); }
void destroy_returns(Lab& lab) { lab.create()->destroy(); }

// Calls `look` after each create with one option at an extreme. The instance is destroyed when there is one.
template <class Look>
void try_extremes(Lab& lab, Look&& look) {
  lab.create()->destroy();  // or the case is skipped
  const telltale_plugin& it = lab.plugin();
  const auto end = Steady::now() + std::chrono::seconds(6);
  for (const Variation& variation : variations_of(it.options, it.option_count)) {
    if (Steady::now() > end) break;  // slow, not wrong
    const ValueTree tree(it.options, it.option_count, lab.given(), lab.directory(), variation);
    Instance instance(lab, "validator", tree);
    telltale_result result = TELLTALE_E_INTERNAL;
    lab.call("create with " + variation.text(),
             [&] { result = it.create(&instance.host().c_host(), instance.place()); });
    look(instance, result, variation);
    if (result == TELLTALE_OK && instance.raw() != nullptr) instance.destroy();
  }
}

void survives_extremes(Lab& lab) {
  try_extremes(lab, [](Instance& instance, telltale_result result, const Variation& variation) {
    if (result == TELLTALE_OK && instance.raw() == nullptr) {
      fail("with " + variation.text() + " it answered TELLTALE_OK, but made no instance");
    }
    if (result != TELLTALE_OK && result != TELLTALE_E_CONFIG && result != TELLTALE_E_INTERNAL) {
      fail("with " + variation.text() + " it answered " + result_text(result));
    }
  });
}

void keeps_null(Lab& lab) {
  try_extremes(lab, [](Instance& instance, telltale_result result, const Variation& variation) {
    if (result != TELLTALE_OK && instance.raw() != nullptr) {
      fail("with " + variation.text() + " it answered " + result_text(result) + ", and left an instance behind");
    }
  });
}

void says_why(Lab& lab) {
  try_extremes(lab, [](Instance& instance, telltale_result result, const Variation& variation) {
    if (result != TELLTALE_OK && instance.host().last_log().empty()) {
      fail("with " + variation.text() + " it answered " + result_text(result) + " without a log line");
    }
  });
}

void works_after_failure(Lab& lab) {
  bool failed = false;
  try_extremes(lab, [&](Instance&, telltale_result result, const Variation&) {
    if (result == TELLTALE_OK || failed) return;
    failed = true;
    lab.create()->destroy();
  });
  if (!failed) skip("it refuses nothing that was tried");
}

void does_not_block(Lab& lab) {
  const auto begin = Steady::now();
  const auto instance = lab.create();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
  if (took > kBlocked) fail("it took " + std::to_string(took.count()) + " ms");
}

void calls_nothing_afterwards(Lab& lab) {
  const auto instance = lab.live();
  lab.stage().doing.set("the time after destroy");
  std::this_thread::sleep_for(kAfterwards);
  Lab::expect_no_problem(*instance, "destroy.no_late_calls");
}

constexpr Case kCases[] = {
    {{"create.defaults", "An instance can be made from defaults alone, where nothing is required.",
      "Let create succeed with the table's own defaults; what must be given is TELLTALE_OPTION_REQUIRED."},
     {"describe.functions", "options.defaults_valid", "interfaces.one_of_poll_or_stream", "interfaces.complete"},
     &takes_defaults},
    {{"create.does_not_block", "Making an instance waits for no device.",
      "Open the device in poll or run, where a wait hinders nobody."},
     {"create.defaults"},
     &does_not_block},
    {{"destroy.returns", "An instance that never ran can be ended.",
      "Let destroy free what create made, whether or not poll or run was ever called."},
     {"create.does_not_block"},
     &destroy_returns},
    {{"create.hostile_values",
      "Extreme values of each option (lowest, highest, empty, 64 KiB, control characters, no UTF-8) are taken or "
      "refused in order.",
      "Check what the table cannot say, and answer TELLTALE_E_CONFIG; trust no length and no character."},
     {"destroy.returns"},
     &survives_extremes},
    {{"create.keeps_null_on_failure", "A create that fails leaves no instance behind.",
      "Set *instance only when you answer TELLTALE_OK."},
     {"create.hostile_values"},
     &keeps_null},
    {{"create.says_why", "A create that fails has logged the reason: the user sees the last line.",
      "Log one line that names the option and the mend, then answer TELLTALE_E_CONFIG (throw telltale::ConfigError)."},
     {"create.hostile_values"},
     &says_why},
    {{"create.works_after_failure", "After a create that failed the next one works.",
      "Undo on failure what create had begun; keep no global state."},
     {"create.hostile_values"},
     &works_after_failure},
    {{"destroy.no_late_calls", "After destroy nothing of the instance runs any more.",
      "End and join your threads in destroy; unregister callbacks of libraries first."},
     {"exceptions.do_not_cross"},
     &calls_nothing_afterwards},
};

}  // namespace

std::span<const Case> create_cases() { return kCases; }

}  // namespace telltale::validator
