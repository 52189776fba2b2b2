// The options table: what a user may write under `options:` of a csv sink.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

namespace telltale::csv {

inline constexpr std::array kSyncChoices{to_str("batch"), to_str("close"), to_str("never")};

inline constexpr telltale_option kOptionTable[] = {
    Option::path("directory", "Where the files are; it must be there, and be granted: allow: {write: [DIRECTORY]}.")
        .required(),
    Option::text("name", "How their names begin.").by_default("readings"),
    Option::size("size", "A file that would grow beyond it is closed, and another begun.")
        .by_default("10MB")
        .range(1e4, 1e8),
    Option::boolean("daily", "A file is closed at the end of the day, too (UTC).").by_default("true"),
    Option::integer("keep", "Closed files to keep; older ones are deleted.").by_default("100").range(1, 10000),
    Option::text("sync",
                 "When it is on the disk for sure: batch: before a batch counts as written; close: once a file is "
                 "closed; never: when the system thinks fit.")
        .by_default("batch")
        .one_of(kSyncChoices),
    Option::boolean("gzip", "Compress a closed file.").by_default("false"),
};

}  // namespace telltale::csv
