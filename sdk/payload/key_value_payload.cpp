#include <algorithm>

#include <telltale/payload/key_value_payload.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::payload {
namespace {

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); }

std::string_view without_blanks_after(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

}  // namespace

std::string_view KeyValueDecoder::read(std::string_view text) {
  const std::string ends = options_.separators + options_.assigns + " \t\r\n";
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(ends);
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start);
    const std::string_view key = text.substr(0, std::min(text.find_first_of(ends), text.size()));
    text.remove_prefix(key.size());
    skip_blanks(text);
    if (text.empty() || options_.assigns.find(text.front()) == std::string::npos) continue;  // a word alone
    text.remove_prefix(1);
    skip_blanks(text);
    std::string_view value;
    if (text.starts_with('"')) {
      const std::size_t close = text.find('"', 1);
      if (close == std::string_view::npos) return "bad_quote";
      value = text.substr(1, close - 1);
      text.remove_prefix(close + 1);
    } else {
      const std::size_t end =
          std::min({text.find_first_of(options_.separators), text.find_first_of("\r\n"), text.size()});
      value = without_blanks_after(text.substr(0, end));
      text.remove_prefix(end);
    }
    if (value.empty()) continue;  // a key without a value is no reading
    if (items_.size() == kMaxItems) return "too_many_fields";
    items_.push_back(item_of(key, value, options_.decimal_comma));
  }
  return {};
}

void KeyValueDecoder::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  if (payload.find_first_not_of(" \t\r\n") == std::string_view::npos) return receiver.refused("empty", {});
  if (!is_utf8(payload)) return receiver.refused("not_utf8", {});
  items_.clear();
  if (const std::string_view reason = read(payload); !reason.empty()) return receiver.refused(reason, {});
  if (items_.empty()) return receiver.refused("nothing_there", {});
  keys_.clear();
  for (const Item& item : items_) keys_.push_back(item.name);
  std::sort(keys_.begin(), keys_.end());
  const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
  if (twice != keys_.end()) return receiver.refused("duplicate_key", *twice);
  receiver.record({items_});
}

}  // namespace telltale::payload
