// Doubles by the bits in which each differs from the one before (after Pelkonen et al., VLDB 2015): the form for what
// is no decimal, no float and no multiple of a step. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "daemon/store/codec/bytes.h"

namespace telltale::store {

void put_xor(std::string& out, std::span<const double> values);
[[nodiscard]] bool take_xor(ByteReader& in, std::span<double> values);

}  // namespace telltale::store
