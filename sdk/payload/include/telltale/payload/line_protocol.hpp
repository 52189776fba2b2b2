// Influx line protocol, the text that clients of POST /api/v1/write send:
//
//   measurement,tag=value,… field=value,… [timestamp]
//
//   LineReader reader(body);
//   for (;;) {
//     const LineReader::Step step = reader.next();
//     if (step == LineReader::Step::kEnd) break;
//     if (step == LineReader::Step::kPoint) use(reader.point()); else tell(reader.error());
//   }
//
// Source: InfluxDB 2 documentation, "Line protocol" (syntax, escapes, types), with these readings of its silence: a
// string may hold line ends; after a bad line reading goes on at the next line end; a repeated tag is an error.
// Nothing is allocated per line once the longest escaped line has been seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::payload {

// What a timestamp counts; the numbers are nanoseconds.
enum class TimePrecision : std::int64_t {
  kNanoseconds = 1,
  kMicroseconds = 1'000,
  kMilliseconds = 1'000'000,
  kSeconds = 1'000'000'000,
};

// "ns", "us" ("u", "µs"), "ms", "s": the words of the query parameter `precision`.
[[nodiscard]] std::optional<TimePrecision> time_precision_from(std::string_view word) noexcept;

struct LineOptions {
  TimePrecision precision = TimePrecision::kNanoseconds;
  std::size_t max_line_bytes = 65'536;
  std::size_t max_tags = 64;
  std::size_t max_fields = 1'024;
};

enum class FieldType : std::uint8_t { kFloat, kInteger, kUnsigned, kBoolean, kString };

struct LineTag {
  std::string_view key;
  std::string_view value;
};

// `type` says which of the values is set; `number` always is, but for strings.
struct LineField {
  std::string_view key;
  FieldType type = FieldType::kFloat;
  double number = 0;  // finite; of an integer beyond 2^53 the nearest double; of a boolean 0 or 1
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  std::string_view text;
};

// Valid until the next call of next(). Texts are views of the body, or of the reader's scratch when they had escapes.
struct LinePoint {
  std::string_view measurement;
  std::string_view head;  // measurement and tags as they came: equal heads are equal series
  std::span<const LineTag> tags;
  std::span<const LineField> fields;  // at least one
  std::optional<std::int64_t> time;   // ns since 1970-01-01 UTC
  std::size_t line = 0;               // from 1
};

struct LineError {
  std::size_t line = 0;     // from 1
  std::size_t column = 0;   // byte of the line, from 1
  std::string_view reason;  // a static text, "the tag has no value"
};

// Reads a body line by line. The body must outlive it. One thread.
class LineReader {
 public:
  enum class Step : std::uint8_t { kPoint, kError, kEnd };

  explicit LineReader(std::string_view body, const LineOptions& options = {});

  // The next point or error; blank lines and comments are passed over.
  [[nodiscard]] Step next();
  [[nodiscard]] const LinePoint& point() const noexcept { return point_; }
  [[nodiscard]] const LineError& error() const noexcept { return error_; }

 private:
  bool parse_line();
  bool parse_tags();
  bool parse_fields();
  bool parse_value(LineField& field);
  bool parse_string(LineField& field);
  bool parse_bare(LineField& field, std::string_view word);
  bool parse_time();
  void scan_word(std::uint8_t stops, std::string_view& word);
  [[nodiscard]] std::string_view unescape(std::string_view word, std::uint8_t specials);
  bool fail(std::string_view reason, const char* at);
  void skip_spaces() noexcept;
  void start_line() noexcept;
  void resume_after_error() noexcept;

  // Constant after construction.
  LineOptions options_;
  const char* end_;
  // Where reading is.
  const char* at_;
  const char* line_start_;
  const char* line_limit_;  // no line reaches beyond it
  std::size_t line_ = 1;
  std::size_t lines_inside_ = 0;  // line ends inside strings of the current line
  // What was read.
  LinePoint point_;
  LineError error_;
  std::vector<LineTag> tags_;
  std::vector<LineField> fields_;
  std::string scratch_;  // at least as large as the line: never grows while views of it live
  std::size_t scratch_used_ = 0;
};

}  // namespace telltale::payload
