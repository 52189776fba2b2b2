// Running: poll/1 and stream/1.
#include <algorithm>
#include <chrono>
#include <string_view>

#include "sdk/validator/case.h"
#include "sdk/validator/cpu_time.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

using std::chrono::milliseconds;

void only_polling(Lab& lab) {
  if (lab.poll() == nullptr) skip("it does not offer poll/1");
}
void only_streaming(Lab& lab) {
  if (lab.stream() == nullptr) skip("it does not offer stream/1");
}

void polls_return(Lab& lab) {
  only_polling(lab);
  lab.leave_exceptions_to_their_case();
  lab.live();
}

void interval_is_sane(Lab& lab) {
  only_polling(lab);
  const auto instance = lab.create();
  std::int64_t interval = 0;
  lab.call("interval", [&] { interval = lab.poll()->interval(instance->raw()); });
  instance->destroy();
  if (interval < 1'000'000 || interval > 86'400'000'000'000) fail("it is " + std::to_string(interval) + " ns");
}

void poll_answers_well(Lab& lab) {
  only_polling(lab);
  RunResult seen;
  const auto instance = lab.live({.keep_going = false}, &seen);
  for (std::size_t i = 0; i < seen.results.size(); ++i) {
    if (goes_on(seen.results[i])) continue;
    const std::string last = instance->host().last_log();
    fail("poll, call " + std::to_string(i + 1) + ", answered " + result_text(seen.results[i]) +
         (last.empty() ? "" : ": " + shown(last)));
  }
}

void poll_is_in_time(Lab& lab) {
  only_polling(lab);
  RunResult seen;
  lab.live({.keep_going = true}, &seen);
  const auto fastest = *std::min_element(seen.times.begin(), seen.times.end());
  if (fastest.count() > seen.interval) {
    fail("even the fastest of " + std::to_string(seen.times.size()) + " polls took " +
         std::to_string(fastest.count() / 1'000) + " µs, its interval is " + std::to_string(seen.interval / 1'000) +
         " µs");
  }
}

void survives_catching_up(Lab& lab) {
  only_polling(lab);
  RunResult seen;
  lab.live({.polls = 200, .spacing = milliseconds(0)}, &seen);
  if (!goes_on(seen.results.back())) {
    fail("poll, call " + std::to_string(seen.results.size()) + ", answered " + result_text(seen.results.back()));
  }
}

void stops_in_time(Lab& lab) {
  only_streaming(lab);
  lab.leave_exceptions_to_their_case();
  lab.live();  // fails by itself when run does not return
}

void stops_before_data(Lab& lab) {
  only_streaming(lab);
  RunResult seen;
  lab.live({.stop_first = true}, &seen);
  if (seen.results.front() != TELLTALE_OK && seen.results.front() != TELLTALE_E_STOPPED) {
    fail("run answered " + result_text(seen.results.front()));
  }
}

void goes_on(Lab& lab) {
  only_streaming(lab);
  RunResult seen;
  const auto instance = lab.live({.stream = milliseconds(500)}, &seen);
  const telltale_result result = seen.results.front();
  const bool no_device = result == TELLTALE_E_IO;
  if (!seen.by_itself || no_device) return;
  const std::string last = instance->host().last_log();
  fail("run answered " + result_text(result) + " without being told to stop" +
       (last.empty() ? "" : ": " + shown(last)));
}

void run_answers_well(Lab& lab) {
  only_streaming(lab);
  RunResult seen;
  lab.live({}, &seen);
  const telltale_result result = seen.results.front();
  if (result != TELLTALE_OK && result != TELLTALE_E_STOPPED && result != TELLTALE_E_IO) {
    fail("run answered " + result_text(result));
  }
}

void leaves_stop_alone(Lab& lab) {
  only_streaming(lab);
  Lab::expect_no_problem(*lab.live(), "stream.leaves_stop_alone");
}

void is_not_busy(Lab& lab) {
  only_streaming(lab);
  const auto instance = lab.create();
  const CpuTime before = CpuTime::now();
  const RunResult seen = instance->run({.stream = milliseconds(800)});
  const double busy = CpuTime::now().share_since(before);
  instance->destroy();
  if (seen.by_itself) skip("run returned before it could be watched");
  if (busy > 0.6)
    fail("it wanted the processor for " + std::to_string(static_cast<int>(busy * 100)) + " % of the time");
}

// All that is published is judged by the host; this runs the instance, twice in one process.
void restarts(Lab& lab) {
  const auto first = lab.live();
  const auto second = lab.live();
  const auto before = first->host().series();
  const auto after = second->host().series();
  const auto missing = std::find_if(before.begin(), before.end(), [&](const std::string& key) {
    return std::find(after.begin(), after.end(), key) == after.end();
  });
  if (missing != before.end() && !after.empty()) fail("the second instance has no " + shown(*missing));
  if (after.empty() && !before.empty()) fail("the second instance of the same process declared nothing");
}

void suspends(Lab& lab) {
  RunResult seen;
  const auto instance = lab.live({.polls = 10, .stream = milliseconds(600), .jump = std::chrono::hours(1)}, &seen);
  const telltale_result last = seen.results.back();
  if (last != TELLTALE_OK && last != TELLTALE_E_IO && last != TELLTALE_E_STOPPED) {
    fail("after the jump it answered " + result_text(last));
  }
  if (!seen.by_itself || last == TELLTALE_E_IO) Lab::expect_no_problem(*instance, "publish.fits_ring");
}

void exceptions_stay(Lab& lab) {
  const auto instance = lab.create();
  instance->run({.polls = 20});
  instance->destroy();
}

constexpr Case kCases[] = {
    {{"poll.returns", "Polls return, without a device too, and the instance can be ended then.",
      "Give every wait a limit; let nothing in poll end the process; a device that is away is TELLTALE_E_IO."},
     {"destroy.returns"},
     &polls_return},
    {{"poll.interval_range", "The interval is between 1 ms and 1 day.", "Answer nanoseconds: 1 s is 1000000000."},
     {"destroy.returns"},
     &interval_is_sane},
    {{"poll.result_codes", "Each poll answers TELLTALE_OK or TELLTALE_E_IO.",
      "Answer TELLTALE_E_IO when the device does not; TELLTALE_E_INTERNAL restarts the instance."},
     kAfterRun,
     &poll_answers_well},
    {{"poll.runtime", "A poll takes less than the interval.",
      "Read in a thread of your own and publish what it found, or ask for a longer interval."},
     {"destroy.no_late_calls", "poll.interval_range"},
     &poll_is_in_time},
    {{"poll.without_pause", "Polls that follow each other at once do no harm.",
      "Expect no time between two polls: mind differences of zero."},
     kAfterGoodAnswers,
     &survives_catching_up},
    {{"stream.stops_in_time", "run returns within 2 s of its stop descriptor being readable.",
      "Wait on stop_fd beside the device's descriptor, with poll(2); give every other wait a limit of 1 s."},
     {"destroy.returns"},
     &stops_in_time},
    {{"stream.stop_before_data", "A stop that is already there when run begins is honoured.",
      "Look at stop_fd before the first wait for the device."},
     kAfterGoodAnswers,
     &stops_before_data},
    {{"stream.keeps_running", "run does not return before it is told to, but for a device that is away.",
      "Loop until stop_fd is readable; answer TELLTALE_E_IO when the device has gone."},
     kAfterRun,
     &goes_on},
    {{"stream.result_codes", "run answers TELLTALE_OK after a stop, TELLTALE_E_IO when the device has gone.",
      "Answer one of the codes that ext/stream.h names."},
     kAfterRun,
     &run_answers_well},
    {{"stream.leaves_stop_alone", "run neither reads nor closes its stop descriptor.", "Only poll it."},
     kAfterRun,
     &leaves_stop_alone},
    {{"stream.no_busy_loop", "run sleeps while nothing happens.",
      "Wait in poll(2) on the descriptors, with a time-out, instead of asking again and again."},
     kAfterRun,
     &is_not_busy},
    {{"series.stable", "The series of an instance are the same after a restart.",
      "Name series after the options and host->id, never after a counter, an address or the time."},
     kAfterRun,
     &restarts},
    {{"publish.clock_jump", "A clock that jumps an hour ahead (the machine slept) does no harm.",
      "Do not make up for the time that was missed: publish what is true now."},
     kAfterGoodAnswers,
     &suspends},
    {{"exceptions.do_not_cross", "No exception leaves a function of the plugin.",
      "Catch everything at the boundary (the C++ wrapper does) and answer a result code."},
     {"poll.returns", "stream.stops_in_time"},
     &exceptions_stay},
};

}  // namespace

std::span<const Case> run_cases() { return kCases; }

}  // namespace telltale::validator
