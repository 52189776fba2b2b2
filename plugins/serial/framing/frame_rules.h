// How a line's bytes are cut into frames. A value; constant once made.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/payload/checksum.hpp>

namespace telltale::serial {

using Time = std::chrono::nanoseconds;  // on the boot clock

enum class FrameKind : std::uint8_t {
  kLine,       // ends with CR, LF or both
  kDelimiter,  // ends with `end`; may begin with `start`
  kFixed,      // `size` bytes
  kLength,     // a number in it says how many
  kSilence,    // ends when nothing comes for `gap`
};

// How a frame's checksum stands there.
enum class ChecksumForm : std::uint8_t {
  kBigEndian,
  kLittleEndian,
  kHex,  // as hexadecimal digits
};

struct FrameRules {
  FrameKind kind = FrameKind::kLine;
  std::string start;      // bytes that begin a frame; of kFixed and kLength: that it begins with
  std::string end;        // of kDelimiter
  std::size_t size = 0;   // of kFixed
  Time gap{};             // silence that ends a frame, and of the others one that is not complete; 0: none does
  std::size_t max_size = 4'096;

  // Of kLength: where the number stands, and what is added to it to have the size of the whole frame.
  std::size_t length_at = 0;
  std::size_t length_size = 1;
  bool length_little = false;
  std::ptrdiff_t length_adds = 0;

  // At the end of a frame, before `end`, over all before it but the first `checksum_from` bytes.
  payload::Checksum checksum = payload::Checksum::kNone;
  ChecksumForm checksum_form = ChecksumForm::kBigEndian;
  std::size_t checksum_from = 0;
  bool nmea = false;  // $…*hh instead

  // Of kDelimiter: the byte after `escape` is xor-ed with `escape_xor`, or replaced as `escape_map` says, and ends
  // nothing.
  std::optional<char> escape;
  unsigned char escape_xor = 0;
  std::vector<std::pair<char, char>> escape_map;
};

}  // namespace telltale::serial
