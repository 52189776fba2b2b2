// What sections that name a server and a login have in common: mails, brokers, and where configurations come from.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"

namespace telltale::config {

// HOST, HOST:PORT or [ADDRESS]:PORT, and nothing that has another meaning in an address.
[[nodiscard]] bool is_server_place(std::string_view place);
// Whether what goes there stays on this machine: `localhost`, 127.… in numbers, [::1]; no name that only begins so.
[[nodiscard]] bool is_on_this_machine(std::string_view place);

// Passwords stand elsewhere, and go to nobody who listens. `safe`: over TLS, or on this machine.
void check_login(const core::ConfigNode& section, const std::string& user, const std::string& password, bool safe,
                 core::Diagnostics& diagnostics);

}  // namespace telltale::config
