// What a server's answer means for the batch that was posted, and for how long the server is left alone after it. Of
// the instance's thread.
#pragma once

#include <chrono>

#include "plugins/http/post.h"

namespace telltale::http {

// Times are of the host's clock.
class Patience {
 public:
  // Throws IoError while the server is to be left alone.
  void check(std::chrono::nanoseconds now) const;
  // Returns when the server has the batch. Throws InvalidError when it will never take it (a 4xx of the batch itself),
  // IoError when it does not take it now: 5xx, 429, and what is mended at the server or in the options (401, 403, 404).
  void judge(const Answer& answer, std::chrono::nanoseconds now);

 private:
  void hold_back(const Answer& answer, std::chrono::nanoseconds now);

  std::chrono::nanoseconds quiet_until_{};  // the server asked for it
  std::chrono::seconds quiet_for_{};        // without it asking, the last time
};

}  // namespace telltale::http
