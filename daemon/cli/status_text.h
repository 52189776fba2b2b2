// The state of a daemon in a few lines. Pure.
#pragma once

#include <boost/json/value.hpp>

#include "daemon/cli/output.h"

namespace telltale::cli {

// Of the answer of GET /api/v1/status, without its inputs. What an older or newer daemon does not say is left out.
[[nodiscard]] Table status_table(const boost::json::value& status);

}  // namespace telltale::cli
