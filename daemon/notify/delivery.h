// Brings one message to one target, on the thread that calls; blocks for at most kPatience, but for the name server.
#pragma once

#include "daemon/core/error.h"
#include "daemon/notify/message.h"

namespace telltale::notify {

inline constexpr std::chrono::seconds kPatience{10};

[[nodiscard]] core::Result<void> deliver(const Message& message, const core::NotifySpec& target);

}  // namespace telltale::notify
