#include "daemon/cli/output.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::cli {

Output Output::standard() { return {stdout, ::isatty(STDOUT_FILENO) == 1}; }

void Output::raw(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), stream_); }

void Output::line(std::string_view text) const { raw(core::escape_line(text) + '\n'); }

void Output::cells(const std::vector<std::string>& cells) const {
  std::string text;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) text += '\t';
    text += core::escape_line(cell);
  }
  raw(text + '\n');
}

void Output::note(std::string_view text) const {
  std::fprintf(stderr, "telltale: %s\n", core::escape_line(text).c_str());
}

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {
  for (std::string& name : header_) {
    right_.push_back(name.starts_with('>'));
    if (right_.back()) name.erase(0, 1);
  }
}

void Table::add(std::vector<std::string> row) {
  row.resize(header_.size());
  for (std::string& cell : row) cell = core::escape_line(cell);
  rows_.push_back(std::move(row));
}

void Table::print(const Output& output) const {
  if (!output.terminal()) {
    for (const auto& row : rows_) output.cells(row);
    return;
  }
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    std::size_t width = core::count_utf8(header_[column]);
    for (const auto& row : rows_) width = std::max(width, core::count_utf8(row[column]));
    widths.push_back(width);
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string text;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string padding(widths[column] - core::count_utf8(row[column]), ' ');
      if (column != 0) text += "  ";
      text += right_[column] ? padding + row[column] : row[column] + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    output.raw(text + '\n');
  };
  if (std::any_of(header_.begin(), header_.end(), [](const std::string& name) { return !name.empty(); })) {
    print_row(header_);
  }
  for (const auto& row : rows_) print_row(row);
}

}  // namespace telltale::cli
