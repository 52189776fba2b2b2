// Protobuf's wire format, written (protobuf.dev, "Encoding"): a tag, then a varint, eight or four bytes, or a length
// and its bytes. Pure; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace telltale::protobuf {

inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>((value & 0x7fU) | 0x80U);
  out += static_cast<char>(value);
}

namespace detail {
inline void append_tag(std::string& out, std::uint32_t field, std::uint32_t type) {
  append_varint(out, field << 3U | type);
}
inline void append_little_endian(std::string& out, std::uint64_t bits, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(bits >> 8 * i & 0xffU);
}
}  // namespace detail

// A uint32, uint64, bool or enum; of int32 and int64 the two's complement in 64 bits.
inline void append_integer(std::string& out, std::uint32_t field, std::uint64_t value) {
  detail::append_tag(out, field, 0);
  append_varint(out, value);
}
inline void append_double(std::string& out, std::uint32_t field, double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  detail::append_tag(out, field, 1);
  detail::append_little_endian(out, bits, 8);
}
// A string, bytes, or a message within a message.
inline void append_bytes(std::string& out, std::uint32_t field, std::string_view bytes) {
  detail::append_tag(out, field, 2);
  append_varint(out, bytes.size());
  out += bytes;
}

}  // namespace telltale::protobuf
