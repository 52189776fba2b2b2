// The file in which the notifier keeps who was told of what. Made by app; read here, written on the notifier's thread.
#pragma once

#include <string>

#include "daemon/core/log.h"
#include "daemon/notify/notifier.h"

namespace telltale::app {

// Holds on to nothing of app's: the notifier's thread may be left behind.
[[nodiscard]] notify::Notifier::Memory told_file(const std::string& path, const core::Logger& log);

}  // namespace telltale::app
