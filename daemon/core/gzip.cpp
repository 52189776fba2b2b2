#include "daemon/core/gzip.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>

namespace telltale::core {

namespace {

namespace zlib = boost::beast::zlib;

Error broken() { return make_error(ErrorCode::kInvalid, "the body is not the gzip that Content-Encoding says"); }

std::uint32_t little_endian_32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

bool take_text(std::string_view& rest) {
  const auto end = rest.find('\0');
  if (end == std::string_view::npos) return false;
  rest.remove_prefix(end + 1);
  return true;
}

// RFC 1952, 2.3: the header in front of the deflated data.
bool take_header(std::string_view& rest) {
  constexpr unsigned kHeaderCrc = 2;
  constexpr unsigned kExtra = 4;
  constexpr unsigned kName = 8;
  constexpr unsigned kComment = 16;
  constexpr unsigned kReserved = 0xe0;
  if (rest.size() < 18 || !rest.starts_with("\x1f\x8b\x08")) return false;
  const auto flags = static_cast<unsigned char>(rest[3]);
  if ((flags & kReserved) != 0) return false;
  rest.remove_prefix(10);
  if ((flags & kExtra) != 0) {
    if (rest.size() < 2) return false;
    const std::size_t size = static_cast<unsigned char>(rest[0]) + 256U * static_cast<unsigned char>(rest[1]);
    if (rest.size() < 2 + size) return false;
    rest.remove_prefix(2 + size);
  }
  if ((flags & kName) != 0 && !take_text(rest)) return false;
  if ((flags & kComment) != 0 && !take_text(rest)) return false;
  if ((flags & kHeaderCrc) != 0) {
    if (rest.size() < 2) return false;
    rest.remove_prefix(2);
  }
  return true;
}

// The deflated data and the trailer of one member.
Result<void> take_member(std::string_view& rest, std::string& out, std::size_t limit) {
  const std::size_t begin = out.size();
  zlib::inflate_stream stream;
  zlib::z_params params;
  params.next_in = rest.data();
  params.avail_in = rest.size();
  boost::system::error_code failed;
  while (failed != zlib::error::end_of_stream) {
    const std::size_t used = out.size();
    const std::size_t room = std::min<std::size_t>(65'536, limit + 1 - used);
    out.resize(used + room);
    params.next_out = out.data() + used;
    params.avail_out = room;
    const std::size_t before = params.avail_in;
    stream.write(params, zlib::Flush::sync, failed);
    out.resize(used + room - params.avail_out);
    if (out.size() > limit) {
      return make_error(ErrorCode::kLimit,
                        "the body inflates to more than " + std::to_string(limit) + " bytes: send it in parts");
    }
    if (failed == zlib::error::end_of_stream) break;
    const bool stuck = before == params.avail_in && params.avail_out == room;
    if ((failed && failed != zlib::error::need_buffers) || stuck) return broken();
  }
  rest.remove_prefix(rest.size() - params.avail_in);
  if (rest.size() < 8) return broken();
  boost::crc_32_type crc;
  crc.process_bytes(out.data() + begin, out.size() - begin);
  if (crc.checksum() != little_endian_32(rest) ||
      static_cast<std::uint32_t>(out.size() - begin) != little_endian_32(rest.substr(4))) {
    return broken();
  }
  rest.remove_prefix(8);
  return {};
}

}  // namespace

Result<std::string> gunzip(std::string_view data, std::size_t limit) {
  std::string out;
  do {
    if (!take_header(data)) return broken();
    if (auto member = take_member(data, out, limit); !member) return member.error();
  } while (!data.empty());
  return out;
}

std::string gzip(std::string_view plain) {
  constexpr int kLevel = 3;
  constexpr int kWindowBits = 15;
  constexpr int kMemory = 8;
  constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  zlib::deflate_stream stream;
  stream.reset(kLevel, kWindowBits, kMemory, zlib::Strategy::normal);
  std::string out(kHeader);
  out.resize(kHeader.size() + stream.upper_bound(plain.size()));
  zlib::z_params params;
  params.next_in = plain.data();
  params.avail_in = plain.size();
  params.next_out = out.data() + kHeader.size();
  params.avail_out = out.size() - kHeader.size();
  boost::system::error_code ended;  // end_of_stream: there is room for all of it
  stream.write(params, zlib::Flush::finish, ended);
  out.resize(out.size() - params.avail_out);
  boost::crc_32_type crc;
  crc.process_bytes(plain.data(), plain.size());
  for (const std::uint32_t word :
       {static_cast<std::uint32_t>(crc.checksum()), static_cast<std::uint32_t>(plain.size())}) {
    for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(word >> shift & 0xffU));
  }
  return out;
}

Result<std::string> plain_body(std::string body, std::string_view encoding, std::size_t limit) {
  if (encoding.empty() || encoding == "identity") return body;
  if (encoding == "gzip") return gunzip(body, limit);
  return make_error(ErrorCode::kInvalid, "Content-Encoding must be gzip or identity");
}

}  // namespace telltale::core
