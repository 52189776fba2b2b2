// telltale-messenger: brings one message, for who is told of alarms by mail or MQTT, or fetches one document, a
// configuration, and ends. A process of its own, so that the daemon needs neither library, and so that whatever hangs
// in one can be ended. Exit code 0: it was done; 1: it was not. The standard output has the reason, what is to be said
// although it was done, or what was fetched.
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

void say(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

telltale::core::Result<std::string> bring(const std::string& text) {
  const auto job = telltale::messenger::read_job(text);
  if (!job) return job.error();
  if (job->way == "email") return telltale::messenger::send_mail(*job);
  if (job->way == "mqtt") return telltale::messenger::send_mqtt(*job);
  if (job->way == "http-get") return telltale::messenger::get_http(*job);
  if (job->way == "mqtt-get") return telltale::messenger::get_mqtt(*job);
  return telltale::core::make_error(telltale::core::ErrorCode::kInvalid, "this way of the job is not known");
}

}  // namespace

int main() {
  try {
    const auto brought = bring(standard_input());
    say(brought ? *brought : brought.error().message + '\n');
    if (brought) return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const std::exception& failure) {
    say(std::string(failure.what()) + '\n');
  }
  return 1;
}
