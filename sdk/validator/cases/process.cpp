// What an instance must give back, and what of the process it must leave alone.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/process_state.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Two instances of different ids, alive and running at once: each publishes to its own host.
void two_at_once(Lab& lab) {
  const auto first = lab.create("first");
  const auto second = lab.create("second");
  const RunPlan plan{.polls = 3, .stream = milliseconds(150)};
  first->run(plan);
  const std::uint64_t before = first->host().published();
  second->run(plan);
  if (before > 0 && second->host().published() == 0) fail("what the second one published did not reach its own host");
  if (first->host().published() > before && lab.poll() != nullptr) {
    fail("while the second one was polled, the first one's host was given readings");
  }
  first->destroy();
  second->run({.polls = 2, .stream = milliseconds(100)});
  second->destroy();
}

// Makes and ends instances, at most `count` and for 3 s; how many.
int cycle(Lab& lab, int count) {
  const auto end = Steady::now() + std::chrono::seconds(3);
  int done = 0;
  for (; done < count && (done < 20 || Steady::now() < end); ++done) lab.create()->destroy();
  return done;
}

// Bytes that stay behind for each of some hundred instances.
std::size_t left_by_each(Lab& lab) {
  const std::size_t before = allocated_bytes();
  const auto done = static_cast<std::size_t>(cycle(lab, 800));
  const std::size_t after = allocated_bytes();
  return after > before ? (after - before) / done : 0;
}

void leaks_no_memory(Lab& lab) {
  cycle(lab, 200);
  const std::size_t resident = resident_bytes();
  if (allocated_bytes() == 0) skip("this allocator does not say what it has given out");
  constexpr std::size_t kPerInstance = 32;
  std::size_t left = left_by_each(lab);
  // What a library or the allocator takes once, for a thread more than before, it does not take again and again.
  for (int look = 0; left > kPerInstance && look < 2; ++look) left = left_by_each(lab);
  if (left > kPerInstance) {
    fail(std::to_string(left) + " bytes stay behind for each instance that was made and ended");
  }
  constexpr std::size_t kResident = std::size_t{16} << 20U;
  if (resident_bytes() > resident + kResident) fail("the process grew by more than 16 MiB");
}

void poll_leaks_no_memory(Lab& lab) {
  if (lab.poll() == nullptr) skip("it does not offer poll/1");
  const auto instance = lab.create();
  const RunPlan plan{.polls = 300, .spacing = milliseconds(1)};
  instance->run(plan);
  const std::size_t before = allocated_bytes();
  if (before == 0) skip("this allocator does not say what it has given out");
  const std::size_t polls = instance->run(plan).results.size();
  const std::size_t after = allocated_bytes();
  instance->destroy();
  constexpr std::size_t kPerPoll = 64;
  constexpr std::size_t kOnce = 4'096;  // a buffer that grew late
  if (after > before + kOnce + kPerPoll * polls) {
    fail("each poll keeps " + std::to_string((after - before) / polls) + " bytes more");
  }
}

// Makes, runs and ends ten instances, fewer when they take long; how many.
std::size_t run_often(Lab& lab) {
  const auto end = Steady::now() + std::chrono::seconds(2);
  std::size_t done = 0;
  for (; done < 10 && (done < 2 || Steady::now() < end); ++done) {
    lab.live({.polls = 2, .spacing = milliseconds(2), .stream = milliseconds(20), .most = milliseconds(500)});
  }
  return done;
}

void leaks_no_descriptors(Lab& lab) {
  run_often(lab);
  const std::size_t before = count_descriptors();
  const std::size_t runs = run_often(lab);
  const std::size_t after = count_descriptors();
  if (after >= before + (runs + 1) / 2) {
    fail(std::to_string(after - before) + " descriptors stay open after " + std::to_string(runs) + " instances");
  }
}

void leaks_no_threads(Lab& lab) {
  lab.live();  // what a library starts once
  const std::size_t before = count_threads();
  const std::size_t runs = run_often(lab);
  const std::size_t many = before + (runs + 1) / 2;
  // A thread that was joined may be there for a moment; a resolver's own ones end by themselves.
  const auto end = Steady::now() + std::chrono::seconds(2);
  while (count_threads() >= many && Steady::now() < end) std::this_thread::sleep_for(milliseconds(20));
  const std::size_t after = count_threads();
  if (after >= many) {
    fail(std::to_string(after - before) + " threads are left of " + std::to_string(runs) + " instances");
  }
}

struct Change {
  ProcessState before;
  ProcessState after;
};

Change live_between(Lab& lab) {
  Change change;
  change.before = ProcessState::now();
  lab.live();
  change.after = ProcessState::now();
  return change;
}

void leaves_signals(Lab& lab) {
  const auto [before, after] = live_between(lab);
  for (std::size_t number = 1; number < before.handlers.size(); ++number) {
    const void* const handler = after.handlers.at(number);
    // The daemon ignores it too, and many a library sees to it.
    const bool ignored_pipe = number == SIGPIPE && handler == reinterpret_cast<void*>(SIG_IGN);
    if (handler != before.handlers.at(number) && !ignored_pipe) {
      fail("it changed what happens at SIG" + std::string(::sigabbrev_np(static_cast<int>(number))));
    }
  }
  for (int number = 1; number < 65; ++number) {
    if (::sigismember(&before.blocked, number) != ::sigismember(&after.blocked, number) && number != SIGPIPE) {
      fail("it left signal " + std::to_string(number) + " blocked in the host's thread");
    }
  }
}

void leaves_directory(Lab& lab) {
  const auto [before, after] = live_between(lab);
  if (before.directory != after.directory) fail("it went to " + shown(after.directory));
}

void leaves_umask(Lab& lab) {
  const auto [before, after] = live_between(lab);
  if (before.umask != after.umask) fail("it set another umask");
}

void leaves_locale(Lab& lab) {
  const auto [before, after] = live_between(lab);
  if (before.locale != after.locale) fail("it changed the locale to " + shown(after.locale));
}

void leaves_environment(Lab& lab) {
  const auto [before, after] = live_between(lab);
  std::vector<std::string> changed;
  std::set_symmetric_difference(before.environment.begin(), before.environment.end(), after.environment.begin(),
                                after.environment.end(), std::back_inserter(changed));
  if (!changed.empty()) fail("it changed " + shown(changed.front().substr(0, changed.front().find('='))));
}

void leaves_standard_streams(Lab& lab) {
  const auto [before, after] = live_between(lab);
  if (before.standard_streams != after.standard_streams) {
    fail("it closed or replaced standard input, output or error");
  }
}

void prints_nothing(Lab& lab) {
  const int file = ::memfd_create("stdout", MFD_CLOEXEC);
  if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0) skip("no descriptor is left to catch standard output with");
  lab.live();
  std::fflush(nullptr);
  std::array<char, 200> bytes{};
  const auto size = ::pread(file, bytes.data(), bytes.size(), 0);
  if (size > 0) fail("it wrote: " + shown(std::string_view(bytes.data(), static_cast<std::size_t>(size))));
}

// Descriptors of the host, low ones and high ones, that the plugin knows nothing of.
void leaves_descriptors(Lab& lab) {
  std::vector<OpenFile> own;
  for (const int lowest : {3, 3, 3, 3, 64, 200, 500, 900}) {
    const int file = ::memfd_create("host", MFD_CLOEXEC);
    const int placed = ::fcntl(file, F_DUPFD_CLOEXEC, lowest);
    if (placed < 0) skip("no descriptor is left to watch");
    own.push_back(open_file(placed));
    ::close(file);
  }
  lab.live();
  for (const OpenFile& file : own) {
    if (open_file(file.fd) != file) fail("it closed descriptor " + std::to_string(file.fd) + ", which is the host's");
  }
}

// As the ring of the daemon: a file that is mapped into the process.
void leaves_memory(Lab& lab) {
  constexpr std::size_t kBytes = 65'536;
  const int file = ::memfd_create("validator.ring", MFD_CLOEXEC);
  if (file < 0 || ::ftruncate(file, kBytes) != 0) skip("no memory is left to watch");
  void* const memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) skip("no memory is left to watch");
  std::memset(memory, 0xa5, kBytes);
  lab.live({.polls = 12});
  const auto* bytes = static_cast<const unsigned char*>(memory);
  const auto changed = std::find_if(bytes, bytes + kBytes, [](unsigned char byte) { return byte != 0xa5; });
  if (changed != bytes + kBytes) fail("it wrote into memory that is the host's");
}

constexpr Case kCases[] = {
    {{"instances.two_at_once", "Two instances live side by side, each with its own host.",
      "Keep everything in the instance; have no globals."},
     kAfterRun,
     &two_at_once},
    {{"instances.leak_memory", "1,000 instances that were made and ended leave no memory behind.",
      "Free in destroy what create allocated, also on its failing paths."},
     {"destroy.returns", "instances.leak_threads"},
     &leaks_no_memory},
    {{"poll.leak_memory", "600 polls need no more memory than 300.",
      "Free what a poll allocates; bound what it keeps."},
     {"destroy.no_late_calls", "poll.runtime"},
     &poll_leaks_no_memory},
    {{"instances.leak_descriptors", "Instances that ran and ended leave no descriptor open.",
      "Close in destroy, and when a connection is lost."},
     kAfterRun,
     &leaks_no_descriptors},
    {{"instances.leak_threads", "Instances that ran and ended leave no thread behind.",
      "Join your threads in destroy."},
     kAfterRun,
     &leaks_no_threads},
    {{"process.signals", "Signal handlers and the signal mask stay as they were (but SIGPIPE may be ignored).",
      "Leave signals to the host: use MSG_NOSIGNAL, block in your own threads only."},
     kAfterRun,
     &leaves_signals},
    {{"process.directory", "The working directory stays.", "Use absolute paths, or openat."},
     kAfterRun,
     &leaves_directory},
    {{"process.umask", "The umask stays.", "Give modes to open, or use fchmod."}, kAfterRun, &leaves_umask},
    {{"process.locale", "The locale stays, so that numbers of others are read and written as before.",
      "Use uselocale in your own thread, or std::from_chars."},
     kAfterRun,
     &leaves_locale},
    {{"process.environment", "The environment stays.",
      "Give settings to your library by its functions, not by setenv."},
     kAfterRun,
     &leaves_environment},
    {{"process.standard_streams", "Standard input, output and error stay what they were.",
      "Close only what you opened; never close a descriptor twice."},
     kAfterRun,
     &leaves_standard_streams},
    {{"process.stdout_silent", "Nothing is written to standard output, also not by the plugin's threads.",
      "Say it with host->log; set your library's log level or its log function."},
     kAfterRun,
     &prints_nothing},
    {{"process.host_descriptors", "Descriptors of the host stay open.",
      "Close only what you opened; never close a descriptor twice, nor a range of them."},
     kAfterRun,
     &leaves_descriptors},
    {{"process.host_memory", "Memory of the host stays untouched.",
      "Write only to what you allocated; run it under ASan."},
     kAfterRun,
     &leaves_memory},
};

}  // namespace

std::span<const Case> process_cases() { return kCases; }

}  // namespace telltale::validator
