#include "plugins/http/patience.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <telltale/cpp/errors.hpp>

namespace telltale::http {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kLongestQuiet(60);  // when the server does not say how long
constexpr seconds kLongestRetryAfter(3600);

// Not the batch's fault: who may write, where to, and whether there is room, is mended at the server or in the options.
bool is_of_the_batch(long status) {
  static constexpr std::array<long, 6> kOfTheServer{401, 403, 404, 407, 408, 429};
  return status >= 400 && status < 500 &&
         std::find(kOfTheServer.begin(), kOfTheServer.end(), status) == kOfTheServer.end();
}

std::string reason_of(const Answer& answer) {
  std::string reason = "the server answers " + std::to_string(answer.status);
  std::string_view body = answer.body;
  while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.remove_suffix(1);
  if (!body.empty()) reason.append(": ").append(body);
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
