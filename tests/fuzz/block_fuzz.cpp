// Blocks as a damaged disk gives them back: bytes are decoded, and the same bytes, taken as values, are encoded.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/block_codec.h"

using namespace telltale::store;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

void decode(std::string_view data) {
  Column column;
  (void)visit_block(data, [&](const BlockHead& head, std::string_view body) {
    auto done = decode_column(head, body, column);
    if (done) expect(column.times.size() == head.count && column.values.size() == head.count);
    expect(column.times.size() <= kMaxColumnValues || head.version == 1);
    return done;
  });
}

void encode(std::string_view data, Effort effort) {
  SeriesColumn in;
  for (; data.size() >= 8 && in.column.times.size() < 4096; data.remove_prefix(8)) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, data.data(), 8);
    in.column.times.push_back(static_cast<std::int64_t>(bits));
    in.column.values.push_back(std::bit_cast<double>(bits));
  }
  if (in.column.times.empty()) return;
  Column out;
  const auto done = visit_block(encode_columns({in}, effort), [&](const BlockHead& head, std::string_view body) {
    return decode_column(head, body, out);
  });
  expect(done.has_value() && out.times == in.column.times);
  expect(std::memcmp(out.values.data(), in.column.values.data(), 8 * out.values.size()) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 4 == 0) encode(bytes, Effort::kQuick);
  if (data[0] % 4 == 1) encode(bytes, Effort::kBest);
  if (data[0] % 4 == 2) decode(bytes);
  if (data[0] % 4 == 3) {  // as a damage that the checksum misses
    std::string sealed(bytes);
    const std::uint32_t checksum = block_checksum(sealed);
    sealed.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    decode(sealed);
  }
  return 0;
}
