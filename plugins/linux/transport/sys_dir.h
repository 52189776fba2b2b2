// Small files, directories and links of /sys. Nothing is kept open: a device may vanish at any time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::linux_input {

// The first `kMaxSysBytes` of a file, without blanks around it; nothing when it cannot be read (a device that is gone,
// a sensor that does not answer).
inline constexpr std::size_t kMaxSysBytes = 4096;
[[nodiscard]] std::optional<std::string> read_sys_file(const std::string& path);

// Names in a directory, sorted as people count (`hwmon2` before `hwmon10`), at most 4,096; empty when there is none.
[[nodiscard]] std::vector<std::string> list_directory(const std::string& path);

[[nodiscard]] bool exists(const std::string& path);

// The parts of a symbolic link's text: of `../../../devices/i2c-1/1-0076/iio:device0`, part 0 is `iio:device0` and
// part 1 is `1-0076`. Empty when it is no link.
[[nodiscard]] std::string link_part(const std::string& path, int from_the_end);

// `text` for a label or a title: control characters and invalid UTF-8 become `?`, at most 64 bytes.
[[nodiscard]] std::string clean_name(std::string_view text);

}  // namespace telltale::linux_input
