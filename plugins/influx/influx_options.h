// The options table: what a user may write under `options:` of an influx sink.
#pragma once

#include <telltale/cpp/options.hpp>

#include "plugins/http/connection_options.h"

namespace telltale::influx {

inline constexpr telltale_option kOptionTable[] = {
    Option::text("url", "Where the server is: http://127.0.0.1:8086, https://influx.example:8086.").required(),
    Option::text("database", "Of InfluxDB 1: the database; it must exist."),
    Option::text("retention", "Of InfluxDB 1: the retention policy; without it, the database's own."),
    Option::text("user", "Of InfluxDB 1: who writes."),
    Option::text("password", "Of InfluxDB 1: the password.").secret(),
    Option::text("org", "Of InfluxDB 2: the organisation."),
    Option::text("bucket", "Of InfluxDB 2: the bucket; instead of database."),
    Option::text("token", "Of InfluxDB 2: an API token that may write.").secret(),
    Option::boolean("gzip", "Compress what is sent.").by_default("true"),
    http::kTimeoutOption,
    http::kTlsOption,
};

}  // namespace telltale::influx
