// telltale-messenger: brings one message, for who is told of alarms by mail or MQTT, and ends. A process of its own, so
// that the daemon needs neither library, and so that whatever hangs in one can be ended. Exit code 0: it was taken; 1:
// it was not. The standard output has the reason, or what is to be said although it was taken.
#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/messenger/job.h"

namespace {

std::string standard_input() {
  std::string text;
  std::array<char, 65'536> part{};
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, part.data(), part.size());
    if (got <= 0 || text.size() > telltale::messenger::kMostJob) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

void say(const std::string& why) {
  const std::string line = why + '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
}

telltale::core::Result<std::string> bring(const std::string& text) {
  const auto job = telltale::messenger::read_job(text);
  if (!job) return job.error();
  if (job->way == "email") return telltale::messenger::send_mail(*job);
  if (job->way == "mqtt") return telltale::messenger::send_mqtt(*job);
  return telltale::core::make_error(telltale::core::ErrorCode::kInvalid, "the job is neither a mail nor for MQTT");
}

}  // namespace

int main() {
  try {
    const auto brought = bring(standard_input());
    say(brought ? *brought : brought.error().message);
    if (brought) return 0;
  } catch (const std::exception& failure) {
    say(failure.what());
  }
  return 1;
}
