// Brings one message to one target, on the thread that calls; blocks for at most kPatience, but for the name server.
#pragma once

#include <chrono>
#include <string>

#include "daemon/core/error.h"
#include "daemon/notify/message.h"

namespace telltale::notify {

inline constexpr std::chrono::seconds kPatience{10};

// Of mails and MQTT: servers that are wary of strangers let them wait.
inline constexpr std::chrono::seconds kMessengerPatience{20};

// `messenger`: the path of telltale-messenger, which brings mails and what goes over MQTT; empty: there is none. What
// it returns is to be said although it was brought: one of several addresses was refused. Mostly empty.
[[nodiscard]] core::Result<std::string> deliver(const Message& message, const core::NotifySpec& target,
                                                const std::string& messenger, core::WallTime now);

}  // namespace telltale::notify
