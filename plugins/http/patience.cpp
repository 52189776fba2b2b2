#include "plugins/http/patience.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <telltale/cpp/errors.hpp>

#include "plugins/option_text/line.h"

namespace telltale::http {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kLongestQuiet(60);  // when the server does not say how long
constexpr seconds kLongestRetryAfter(3600);
constexpr std::size_t kMostOfReason = 512;  // bytes

// Not the batch's fault: who may write, where to, and whether there is room, is mended at the server or in the options.
bool is_of_the_batch(long status) {
  static constexpr std::array<long, 6> kOfTheServer{401, 403, 404, 407, 408, 429};
  return status >= 400 && status < 500 &&
         std::find(kOfTheServer.begin(), kOfTheServer.end(), status) == kOfTheServer.end();
}

// A stranger's bytes, as one line that can be shown: it may be compressed, or no text at all.
std::string printable(std::string_view body) {
  std::string line;
  while (!body.empty() && line.size() < kMostOfReason) {
    const std::string_view before = body;
    const auto character = option_text::take_character(body);
    if (!character) body.remove_prefix(1);
    if (!character || (option_text::is_control(*character) && *character != '\n' && *character != '\t')) {
      line += '?';
    } else if (*character <= ' ') {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line += before.substr(0, before.size() - body.size());
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string reason_of(const Answer& answer) {
  std::string reason = "the server answers " + std::to_string(answer.status);
  const std::string words = printable(answer.body);
  if (!words.empty()) reason.append(": ").append(words);
  return reason;
}

}  // namespace

void Patience::check(nanoseconds now) const {
  if (now < quiet_until_) throw IoError("the server asked to be left alone for a while");
}

void Patience::hold_back(const Answer& answer, nanoseconds now) {
  if (answer.retry_after > seconds(0)) {
    quiet_for_ = {};
    quiet_until_ = now + std::min(answer.retry_after, kLongestRetryAfter);
    return;
  }
  if (answer.status != 429 && answer.status < 500) return;
  quiet_for_ = std::clamp(2 * quiet_for_, seconds(1), kLongestQuiet);
  quiet_until_ = now + quiet_for_;
}

void Patience::judge(const Answer& answer, nanoseconds now) {
  if (answer.good()) {
    quiet_for_ = {};
    return;
  }
  hold_back(answer, now);
  if (is_of_the_batch(answer.status)) throw InvalidError(reason_of(answer));
  throw IoError(reason_of(answer));
}

}  // namespace telltale::http
