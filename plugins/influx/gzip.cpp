#include "plugins/influx/gzip.h"

#include <stdexcept>

#include <zlib.h>

namespace telltale::influx {

namespace {

constexpr int kWithGzipHeader = 15 + 16;  // zlib: the largest window, and gzip's form
constexpr int kMemoryLevel = 8;           // zlib's own choice

}  // namespace

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWithGzipHeader, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("no memory is left to compress");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int how = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (how != Z_STREAM_END) throw std::runtime_error("it cannot be compressed");
  return out;
}

}  // namespace telltale::influx
