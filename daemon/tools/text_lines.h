// Lines of a source, one after the other, with those joined that a quoted line end runs through. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "daemon/tools/byte_source.h"

namespace telltale::tools {

class TextLines {
 public:
  static constexpr std::size_t kMostLine = 65'536;  // bytes; a longer one is told, and passed over

  struct Line {
    std::string text;          // without its end
    std::uint64_t number = 0;  // from 1: of its first line
    bool too_long = false;     // `text` is its beginning
  };

  // `escapes`: a quote behind a backslash is none.
  TextLines(std::unique_ptr<ByteSource> source, bool escapes) : source_(std::move(source)), escapes_(escapes) {}

  // Nothing at the end.
  [[nodiscard]] core::Result<std::optional<Line>> next();
  [[nodiscard]] const ByteSource& source() const { return *source_; }

 private:
  [[nodiscard]] core::Result<std::optional<Line>> physical();
  [[nodiscard]] core::Result<std::optional<Line>> read();
  [[nodiscard]] bool open_quote(const std::string& text) const;

  std::unique_ptr<ByteSource> source_;
  const bool escapes_;
  std::string piece_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  bool ended_ = false;
  std::deque<Line> ahead_;  // read while an end of quotes was looked for
};

}  // namespace telltale::tools
