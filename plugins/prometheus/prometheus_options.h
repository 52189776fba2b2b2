// The options table: what a user may write under `options:` of a prometheus sink.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

#include "plugins/http/connection_options.h"

namespace telltale::prometheus {

inline constexpr std::array kNameChoices{to_str("metric"), to_str("label")};

inline constexpr telltale_option kHeaderTable[] = {
    Option::text("name", "Its name: X-Scope-OrgID.").required(),
    Option::text("value", "What it says.").required().secret(),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::text("url", "Where to write, whole: http://127.0.0.1:8428/api/v1/write, https://mimir.example/api/v1/push.")
        .required(),
    Option::text("names",
                 "metric: each series is a metric of its own name; label: all are telltale_reading, with the name as "
                 "the label series, as in /metrics.")
        .by_default("metric")
        .one_of(kNameChoices),
    Option::text("prefix", "Put before the names of metrics: plant_."),
    Option::boolean("stale",
                    "A reading of bad quality ends the line, as a target that is gone does; off: it is left out.")
        .by_default("true"),
    Option::text("user", "Who writes."),
    Option::text("password", "The password.").secret(),
    Option::text("token", "A bearer token; instead of user and password.").secret(),
    Option::section("headers", "Sent with each request, for a tenant or a gateway.", kHeaderTable).list(),
    http::kTimeoutOption,
    http::kTlsOption,
};

}  // namespace telltale::prometheus
