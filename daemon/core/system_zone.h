// Which time zone the device is set to, by its name in the system's database. Any thread; looks at files.
#pragma once

#include <string>

namespace telltale::core {

// What is looked at. A test fills it with places of its own.
struct ZoneSurroundings {
  std::string variable;  // $TZ, or empty
  std::string link = "/etc/localtime";
  std::string name_file = "/etc/timezone";

  [[nodiscard]] static ZoneSurroundings of_this_process();
};

// `Europe/Berlin`; empty when it has no name that the system knows.
[[nodiscard]] std::string system_zone(const ZoneSurroundings& surroundings);

}  // namespace telltale::core
