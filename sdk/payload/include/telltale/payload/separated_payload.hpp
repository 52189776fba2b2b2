// Rows of cells: "21.5,40,off\n". RFC 4180 with any separator; a line end ends a row.
#pragma once

#include <string>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

struct SeparatedOptions {
  static constexpr char kBlanks = '\0';  // any run of blanks and tabs

  char separator = ',';
  std::vector<std::string> columns;  // names; "-" or empty: not wanted. None: "1", "2", …
  bool header = false;               // a row without any number names the columns
  bool decimal_comma = false;
};

// Refuses: empty, too_large, not_utf8, bad_quote, too_many_fields, wrong_columns (fewer cells than names, or more with
// something in them). A bad row does not touch the others. An empty cell is no value.
class SeparatedDecoder final : public Decoder {
 public:
  explicit SeparatedDecoder(SeparatedOptions options);

  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  struct Cell {
    std::string_view text;
    bool quoted = false;
  };
  // Reads a row from the front of `rest`; the reason when it is broken.
  std::string_view read_row(std::string_view& rest);
  std::string_view read_quoted(std::string_view& rest, Cell& cell);
  void take_row(Receiver& receiver);
  [[nodiscard]] bool learn_header();
  [[nodiscard]] bool ends_cell(char c) const noexcept;
  std::string_view name_of(std::size_t column);

  SeparatedOptions options_;
  std::vector<std::string> names_;    // the options', or the header's
  std::vector<std::string> numbers_;  // "1", "2", …
  std::vector<Cell> cells_;
  std::vector<Item> items_;
  std::string scratch_;  // of cells with doubled quotes; reserved for the whole payload
};

}  // namespace telltale::payload
