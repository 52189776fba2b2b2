#include "daemon/core/gzip.h"

#include <algorithm>
#include <new>

#define ZLIB_CONST  // what it reads it does not write
#include <zlib.h>

namespace telltale::core {

namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib.h: neither raw deflate nor zlib's own header

Error broken() { return make_error(ErrorCode::kInvalid, "the body is not the gzip that Content-Encoding says"); }

const Bytef* read_from(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }
Bytef* write_to(std::string& text, std::size_t at) { return reinterpret_cast<Bytef*>(text.data() + at); }

class Inflater {
 public:
  Inflater() { good_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  // One member of `rest` behind `out`.
  Result<void> take_member(std::string_view& rest, std::string& out, std::size_t limit) {
    if (!good_ || ::inflateReset(&stream_) != Z_OK) return broken();
    stream_.next_in = read_from(rest);
    stream_.avail_in = static_cast<uInt>(rest.size());
    for (int state = Z_OK; state != Z_STREAM_END;) {
      const std::size_t used = out.size();
      const std::size_t room = std::min<std::size_t>(65'536, limit + 1 - used);
      out.resize(used + room);
      stream_.next_out = write_to(out, used);
      stream_.avail_out = static_cast<uInt>(room);
      state = ::inflate(&stream_, Z_NO_FLUSH);
      out.resize(used + room - stream_.avail_out);
      if (out.size() > limit) {
        return make_error(ErrorCode::kLimit,
                          "the body inflates to more than " + std::to_string(limit) + " bytes: send it in parts");
      }
      // Z_BUF_ERROR: it ends before its end.
      if (state != Z_OK && state != Z_STREAM_END) return broken();
    }
    rest.remove_prefix(rest.size() - stream_.avail_in);
    return {};
  }

 private:
  z_stream stream_{};
  bool good_ = false;
};

}  // namespace

Result<std::string> gunzip(std::string_view data, std::size_t limit) {
  Inflater inflater;
  std::string out;
  do {
    if (auto member = inflater.take_member(data, out, limit); !member) return member.error();
  } while (!data.empty());
  return out;
}

std::string gzip(std::string_view plain) {
  constexpr int kLevel = 3;
  constexpr int kMemory = 8;
  z_stream stream{};
  if (::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipOnly, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();  // the only reason that there is with these arguments
  }
  std::string out(::deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  stream.next_in = read_from(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = write_to(out, 0);
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);  // there is room for all of it
  out.resize(out.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return out;
}

Result<std::string> plain_body(std::string body, std::string_view encoding, std::size_t limit) {
  if (encoding.empty() || encoding == "identity") return body;
  if (encoding == "gzip") return gunzip(body, limit);
  return make_error(ErrorCode::kInvalid, "Content-Encoding must be gzip or identity");
}

}  // namespace telltale::core
