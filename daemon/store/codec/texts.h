// Marks and texts of a column's readings. Pure functions; any thread. docs/format.md ("Qualities and texts").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/effort.h"

namespace telltale::store {

void put_marks(std::string& out, std::span<const std::uint8_t> marks);
[[nodiscard]] bool take_marks(ByteReader& in, std::span<std::uint8_t> marks);

// Different texts, once each, and which of them every reading has.
struct TextColumn {
  std::vector<std::string> words;
  std::vector<std::int64_t> which;  // per reading: 0: no text, else the index in `words` plus one
};
void put_texts(std::string& out, const TextColumn& texts, Effort effort);
[[nodiscard]] bool take_texts(ByteReader& in, std::size_t count, TextColumn& texts);

}  // namespace telltale::store
