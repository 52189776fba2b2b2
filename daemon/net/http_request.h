// Beast's request as the plain one that the site knows. Only for the sessions.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/core/error.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Without its body. An error: a target that is none.
[[nodiscard]] core::Result<Request> plain_head(const BeastRequest& head, const Peer& peer, bool upgrade);

}  // namespace telltale::net
