#include <algorithm>
#include <array>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/item.hpp>
#include <telltale/payload/number_payload.hpp>

namespace telltale::payload {
namespace {

constexpr std::size_t kMaxCommaNumber = 64;

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

Item item_of(std::string_view name, std::string_view text, bool decimal_comma) noexcept {
  text = trimmed(text);
  Item item;
  item.name = name;
  item.text = text;
  NumberPayload number;
  NumberFault fault = NumberFault::kNotANumber;
  std::array<char, kMaxCommaNumber> pointed{};
  if (decimal_comma && text.size() <= pointed.size() && text.find(',') != std::string_view::npos) {
    std::replace_copy(text.begin(), text.end(), pointed.begin(), ',', '.');
    fault = parse_number_payload({pointed.data(), text.size()}, {}, number);
    if (!number.unit.empty()) {  // a view of the copy: the same place of the text
      number.unit = text.substr(static_cast<std::size_t>(number.unit.data() - pointed.data()), number.unit.size());
    }
  } else {
    fault = parse_number_payload(text, {}, number);
  }
  if (fault != NumberFault::kNone) {
    item.type = ItemType::kText;
    return item;
  }
  item.type = number.is_state ? ItemType::kBoolean : ItemType::kNumber;
  item.number = number.value;
  item.unit = number.unit;
  return item;
}

}  // namespace telltale::payload
