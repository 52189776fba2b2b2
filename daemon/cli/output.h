// What the tool prints: aligned tables for people, tab-separated lines for programs. Everything that comes from a
// daemon is escaped, so that no series name or event can drive the terminal.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::cli {

// Where lines go, and whether a person reads them. Borrows the stream.
class Output {
 public:
  Output(std::FILE* stream, bool terminal) : stream_(stream), terminal_(terminal) {}
  // Standard output as it is.
  [[nodiscard]] static Output standard();

  [[nodiscard]] bool terminal() const { return terminal_; }
  // As it is: what the daemon made for programs.
  void raw(std::string_view text) const;
  // One line, escaped.
  void line(std::string_view text) const;
  // One line of cells, escaped, with tabs between.
  void cells(const std::vector<std::string>& cells) const;
  // A remark for the person, on standard error: never among the data.
  void note(std::string_view text) const;
  void flush() const { std::fflush(stream_); }
  // False after a write failed: nobody listens any more.
  [[nodiscard]] bool good() const { return std::ferror(stream_) == 0; }

 private:
  std::FILE* stream_;
  bool terminal_;
};

// Rows under a header. On a terminal columns are aligned; piped, there is no header and tabs stand between cells.
class Table {
 public:
  // A name that begins with '>' makes its column flush right; without any name there is no header.
  explicit Table(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  void print(const Output& output) const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace telltale::cli
