// The seam to a serial line: bytes out and in. Owned and used by the instance's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugins/serial/link/line_settings.h"

struct sp_port;

namespace telltale::serial {

// An open line. libserialport opens and sets real ports; those that it does not know (pseudo-terminals, network ports of
// drivers without an entry in sysfs) are set with termios.
class Line {
 public:
  // The line, or why not, in words a user can act on.
  struct Opened;
  [[nodiscard]] static Opened open(const std::string& path, const LineSettings& settings);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  Line(Line&& other) noexcept;
  Line& operator=(Line&& other) noexcept;
  ~Line();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  // Bytes that were there; nothing: the line is gone. 0 bytes of a line that was readable mean that, too: after an
  // unplug it would go on for ever.
  [[nodiscard]] std::optional<std::size_t> read(std::span<char> into) const;
  // False when it is gone, or did not take all within a second.
  [[nodiscard]] bool write(std::string_view bytes) const;
  // Throws away what has come and was not read.
  void flush_input() const;
  // Whether the path still leads to this device: after an unplug it leads nowhere, or to another.
  [[nodiscard]] bool is_there(const std::string& path) const;

 private:
  Line(sp_port* port, int fd) noexcept : port_(port), fd_(fd) {}
  void close() noexcept;

  sp_port* port_ = nullptr;  // when libserialport has it
  int fd_ = -1;
};

struct Line::Opened {
  std::optional<Line> line;
  std::string problem;  // when there is no line; otherwise what could not be set
};

}  // namespace telltale::serial
