#include "daemon/store/codec/zstd.h"

#include <zstd.h>

namespace telltale::store {

namespace {

constexpr int kLevel = 19;

}  // namespace

std::string compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  out.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return out;
}

bool decompress(std::string_view bytes, std::size_t most, std::string& out) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > most) return false;
  out.resize(static_cast<std::size_t>(size));
  return ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()) == size;
}

}  // namespace telltale::store
