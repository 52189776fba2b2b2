// What every connection has at hand: the site it serves, and the list it is in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/net/connections.h"
#include "daemon/net/site.h"
#include "daemon/net/tls_keeper.h"

namespace telltale::net {

struct Hall {
  std::shared_ptr<Site> site;
  std::shared_ptr<Connections> connections;
  std::shared_ptr<const TlsKeeper> tls = {};     // there: what is heard is TLS
  std::optional<std::uint16_t> https_port = {};  // there: all that is answered is where HTTPS is; 0: at this port
};

}  // namespace telltale::net
