// Looks through an options table without trusting it. In the case's process.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <telltale/options.h>

namespace telltale::validator {

// What the daemon would refuse in the table: counts, names, texts, types, depth; empty when all is well.
[[nodiscard]] std::string table_problem(const telltale_option* options, std::uint32_t count);

// Calls `look` for every option of a table that has no problem, with its path.
void for_each_option(const telltale_option* options, std::uint32_t count,
                     const std::function<void(const telltale_option&, const std::string& path)>& look);

}  // namespace telltale::validator
