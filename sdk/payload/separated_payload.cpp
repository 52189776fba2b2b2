#include <algorithm>
#include <utility>

#include <telltale/payload/separated_payload.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::payload {
namespace {

constexpr bool is_line_end(char c) { return c == '\n' || c == '\r'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

SeparatedDecoder::SeparatedDecoder(SeparatedOptions options) : options_(std::move(options)), names_(options_.columns) {}

bool SeparatedDecoder::ends_cell(char c) const noexcept {
  return is_line_end(c) || (options_.separator == SeparatedOptions::kBlanks ? is_blank(c) : c == options_.separator);
}

std::string_view SeparatedDecoder::name_of(std::size_t column) {
  if (column < names_.size()) return names_[column];
  while (numbers_.size() <= column) numbers_.push_back(std::to_string(numbers_.size() + 1));
  return numbers_[column];
}

std::string_view SeparatedDecoder::read_quoted(std::string_view& rest, Cell& cell) {
  rest.remove_prefix(1);
  const std::size_t start = scratch_.size();
  for (;;) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return "bad_quote";
    scratch_.append(rest.substr(0, quote));
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) break;
    scratch_ += '"';
    rest.remove_prefix(1);
  }
  cell = {std::string_view(scratch_).substr(start), true};
  while (!rest.empty() && is_blank(rest.front()) && !ends_cell(rest.front())) rest.remove_prefix(1);
  return rest.empty() || ends_cell(rest.front()) ? std::string_view{} : "bad_quote";
}

std::string_view SeparatedDecoder::read_row(std::string_view& rest) {
  cells_.clear();
  const bool by_blanks = options_.separator == SeparatedOptions::kBlanks;
  for (;;) {
    while (!rest.empty() && is_blank(rest.front()) && (by_blanks || !ends_cell(rest.front()))) rest.remove_prefix(1);
    Cell cell;
    if (rest.starts_with('"')) {
      const std::string_view reason = read_quoted(rest, cell);
      if (!reason.empty()) return reason;
    } else {
      const auto end = std::find_if(rest.begin(), rest.end(), [this](char c) { return ends_cell(c); });
      cell.text = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
      rest.remove_prefix(cell.text.size());
      while (!cell.text.empty() && is_blank(cell.text.back())) cell.text.remove_suffix(1);
    }
    const bool ends_row = rest.empty() || is_line_end(rest.front());
    const bool is_trailing_blank = by_blanks && ends_row && cell.text.empty() && !cell.quoted;
    if (!is_trailing_blank) {
      if (cells_.size() == kMaxItems) return "too_many_fields";
      cells_.push_back(cell);
    }
    if (ends_row) return {};
    rest.remove_prefix(1);
  }
}

bool SeparatedDecoder::learn_header() {
  if (!options_.header) return false;
  const bool has_value = std::any_of(cells_.begin(), cells_.end(), [this](const Cell& cell) {
    return item_of({}, cell.text, options_.decimal_comma).type != ItemType::kText || cell.text.empty();
  });
  if (has_value) return false;
  if (options_.columns.empty()) {
    names_.clear();
    for (const Cell& cell : cells_) names_.emplace_back(cell.text);
  }
  return true;
}

void SeparatedDecoder::take_row(Receiver& receiver) {
  if (learn_header()) return;
  if (!names_.empty()) {
    const bool has_more =
        cells_.size() > names_.size() && std::any_of(cells_.begin() + static_cast<std::ptrdiff_t>(names_.size()),
                                                     cells_.end(), [](const Cell& cell) { return !cell.text.empty(); });
    if (has_more || cells_.size() < names_.size()) {
      return receiver.refused(
          "wrong_columns", std::to_string(cells_.size()) + " where " + std::to_string(names_.size()) + " are expected");
    }
  }
  if (names_.empty()) (void)name_of(cells_.size() - 1);  // so that no view of a number moves below
  items_.clear();
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].text.empty()) continue;
    const std::string_view name = name_of(i);
    if (name.empty() || name == "-") continue;
    items_.push_back(item_of(name, cells_[i].text, options_.decimal_comma));
  }
  receiver.record({items_});
}

void SeparatedDecoder::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  if (!is_utf8(payload)) return receiver.refused("not_utf8", {});
  scratch_.clear();
  scratch_.reserve(payload.size());  // no view of it moves
  bool is_empty = true;
  std::string_view rest = payload;
  while (!rest.empty()) {
    if (is_line_end(rest.front())) {
      rest.remove_prefix(1);
      continue;
    }
    const std::string_view reason = read_row(rest);
    if (!reason.empty()) {
      receiver.refused(reason, {});
      rest.remove_prefix(std::min(rest.find_first_of("\r\n"), rest.size()));
      is_empty = false;
      continue;
    }
    if (cells_.empty() || (cells_.size() == 1 && cells_.front().text.empty())) continue;
    is_empty = false;
    take_row(receiver);
  }
  if (is_empty) receiver.refused("empty", {});
}

}  // namespace telltale::payload
