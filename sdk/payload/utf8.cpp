#include <simdjson.h>

#include <telltale/payload/utf8.hpp>

namespace telltale::payload {

bool is_utf8(std::string_view text) noexcept { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace telltale::payload
