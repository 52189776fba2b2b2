#include <telltale/payload/series_name.hpp>

namespace telltale::payload {

void append_series_name(std::string& name, std::string_view text) {
  for (const char c : text) name.push_back(is_series_name_character(c) ? c : '_');
}

void append_label_name(std::string& name, std::string_view text) {
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') name.push_back('_');
  for (const char c : text) name.push_back(is_label_name_character(c, false) ? c : '_');
}

bool is_label_name(std::string_view text) noexcept {
  bool first = true;
  for (const char c : text) {
    if (!is_label_name_character(c, first)) return false;
    first = false;
  }
  return !text.empty();
}

}  // namespace telltale::payload
