// A JSON document as lines for people: `storage.bytes  1234`. One rule for whatever the daemon reports, so that a
// newer daemon's fields show up in an older tool.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "daemon/cli/output.h"

namespace telltale::cli {

// Nested names are joined with dots. Members named in `without` (top level) are left out. Members called *_at, `time`,
// `first`, `last`, `oldest` are times; on a terminal `bytes`, `budget` and *_bytes are shown in kB, MB, GB.
void print_json_text(const boost::json::value& document, const Output& output, const std::vector<std::string>& without);

// `1.5 MB`; powers of 1000.
[[nodiscard]] std::string size_text(double bytes);

}  // namespace telltale::cli
