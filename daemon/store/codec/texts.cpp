#include "daemon/store/codec/texts.h"

#include <algorithm>

#include "daemon/store/codec/ints.h"
#include "daemon/store/codec/zstd.h"

namespace telltale::store {

namespace {

constexpr std::size_t kMostTextBytes = 64ULL << 20U;
constexpr std::uint8_t kMostMark = 7;
constexpr std::size_t kWorthZstd = 64;
enum Packing : std::uint8_t { kPlain = 0, kZstd = 1 };

}  // namespace

// Runs of one mark: length, mark.
void put_marks(std::string& out, std::span<const std::uint8_t> marks) {
  ByteWriter bytes(out);
  for (std::size_t begin = 0; begin < marks.size();) {
    std::size_t end = begin;
    while (end < marks.size() && marks[end] == marks[begin]) ++end;
    bytes.varint(end - begin);
    bytes.fixed(marks[begin]);
    begin = end;
  }
}

bool take_marks(ByteReader& in, std::span<std::uint8_t> marks) {
  for (std::size_t at = 0; at < marks.size();) {
    const std::uint64_t length = in.varint();
    const auto mark = in.fixed<std::uint8_t>();
    if (!in.ok() || length == 0 || length > marks.size() - at || mark > kMostMark) return false;
    const auto run = marks.subspan(at, length);
    std::fill(run.begin(), run.end(), mark);
    at += length;
  }
  return true;
}

void put_texts(std::string& out, const TextColumn& texts, Effort effort) {
  std::string words;
  ByteWriter word_bytes(words);
  for (const std::string& word : texts.words) word_bytes.text(word);
  ByteWriter bytes(out);
  bytes.varint(texts.words.size());
  const std::string packed = effort == Effort::kBest && words.size() >= kWorthZstd ? compress(words) : std::string();
  const bool smaller = !packed.empty() && packed.size() < words.size();
  bytes.fixed(static_cast<std::uint8_t>(smaller ? kZstd : kPlain));
  bytes.text(smaller ? packed : words);
  put_ints(out, texts.which, effort);
}

bool take_texts(ByteReader& in, std::size_t count, TextColumn& texts) {
  const std::uint64_t size = in.varint();
  const auto packing = in.fixed<std::uint8_t>();
  std::string_view words = in.text();
  if (!in.ok() || size > count || packing > kZstd) return false;
  std::string raw;
  if (packing == kZstd) {
    if (!decompress(words, kMostTextBytes, raw)) return false;
    words = raw;
  }
  ByteReader word_bytes(words);
  texts.words.clear();
  for (std::uint64_t i = 0; i < size && word_bytes.ok(); ++i) texts.words.emplace_back(word_bytes.text());
  if (!word_bytes.ok() || word_bytes.left() != 0) return false;
  texts.which.resize(count);
  if (!take_ints(in, texts.which)) return false;
  return std::all_of(texts.which.begin(), texts.which.end(),
                     [size](std::int64_t which) { return which >= 0 && static_cast<std::uint64_t>(which) <= size; });
}

}  // namespace telltale::store
