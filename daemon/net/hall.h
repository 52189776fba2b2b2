// What every connection has at hand: the site it serves, and the list it is in.
#pragma once

#include <memory>

#include "daemon/net/connections.h"
#include "daemon/net/site.h"

namespace telltale::net {

struct Hall {
  std::shared_ptr<Site> site;
  std::shared_ptr<Connections> connections;
};

}  // namespace telltale::net
