// Readings as InfluxDB's line protocol. The measurement is the series' name, the field is `value`; labels and the unit
// are tags. What `POST /api/v1/write` makes of such a line is the same series again. Pure; any thread.
#pragma once

#include <string>

#include <telltale/ext/sink.h>

namespace telltale::influx {

// Appends the reading's line. False, and nothing is appended: the protocol has no way to say it (a bad reading has no
// value, and neither has a state without a name a text).
bool append_line(std::string& out, const telltale_outgoing& reading);

}  // namespace telltale::influx
