// zstd behind two functions. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telltale::store {

// Empty when it could not be compressed (out of memory).
[[nodiscard]] std::string compress(std::string_view bytes);
// False: `bytes` is no frame, or would be longer than `most`.
[[nodiscard]] bool decompress(std::string_view bytes, std::size_t most, std::string& out);

}  // namespace telltale::store
