#include "daemon/core/clock.h"

#include <ctime>
#include <fstream>
#include <string>

#include <sys/timex.h>
#include <unistd.h>

namespace telltale::core {

namespace {

Duration read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// A machine that has a battery-backed clock trusts it at boot, and a virtual one gets its time from its host; one that
// has neither boots in the past.
bool has_hardware_clock() {
  if (access("/sys/class/rtc/rtc0", F_OK) == 0) return true;
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/available_clocksource");
  std::string name;
  while (file >> name) {
    if (name == "kvm-clock" || name == "xen" || name.starts_with("hyperv")) return true;
  }
  return false;
}

}  // namespace

BootTime SystemClock::boot_now() const { return BootTime(read_clock(CLOCK_BOOTTIME)); }

WallTime SystemClock::wall_now() const { return WallTime(read_clock(CLOCK_REALTIME)); }

bool SystemClock::synchronised() const {
  timex state{};
  const int answer = adjtimex(&state);
  const bool followed = answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  static const bool kHardware = has_hardware_clock();  // does not come or go while we run
  return followed || kHardware;
}

}  // namespace telltale::core
