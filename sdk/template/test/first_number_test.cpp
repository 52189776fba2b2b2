// Tests src/first_number.hpp. A table of cases, the bad ones included; ends with 1 when one fails.
#include "src/first_number.hpp"

#include <cstdio>
#include <optional>
#include <string_view>

struct Case {
  std::string_view text;
  std::optional<double> expected;
};

constexpr Case kCases[] = {
    {"0.52 0.31 0.24 1/312 4711\n", 0.52},
    {"42", 42},
    {"  -7.5e2\n", -750},
    {"", std::nullopt},
    {" \n", std::nullopt},
    {"N/A", std::nullopt},
};

int main() {
  int failed = 0;
  for (const auto& [text, expected] : kCases) {
    if (first_number(text) == expected) continue;
    std::printf("first_number(\"%.*s\") is wrong\n", static_cast<int>(text.size()), text.data());
    ++failed;
  }
  return failed == 0 ? 0 : 1;
}
