#include "daemon/core/interfaces/inputs.h"

namespace telltale::core {

std::string_view to_text(InputState state) {
  switch (state) {
    case InputState::kStarting:
      return "starting";
    case InputState::kConnecting:
      return "connecting";
    case InputState::kRunning:
      return "running";
    case InputState::kFailing:
      return "failing";
    case InputState::kBackoff:
      return "backoff";
    case InputState::kGaveUp:
      return "gave up";
    case InputState::kStopped:
      return "stopped";
  }
  return "unknown";
}

}  // namespace telltale::core
