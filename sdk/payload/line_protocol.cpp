#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <system_error>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/line_protocol.hpp>

namespace telltale::payload {
namespace {

// Classes of bytes, or-ed.
constexpr std::uint8_t kComma = 1;
constexpr std::uint8_t kEquals = 2;
constexpr std::uint8_t kSpace = 4;
constexpr std::uint8_t kLineEnd = 8;
constexpr std::uint8_t kBackslash = 16;
constexpr std::uint8_t kQuote = 32;

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  classes[','] = kComma;
  classes['='] = kEquals;
  classes[' '] = kSpace;
  classes['\n'] = classes['\r'] = kLineEnd;
  classes['\\'] = kBackslash;
  classes['"'] = kQuote;
  return classes;
}();

constexpr std::uint8_t class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }

// Text to integer with an optional plus sign, all of it.
template <class Integer>
std::errc parse_integer(std::string_view text, Integer& value) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return result.ec;
  return result.ptr == text.data() + text.size() ? std::errc{} : std::errc::invalid_argument;
}

std::optional<bool> parse_boolean(std::string_view word) {
  constexpr std::array<std::string_view, 5> kTrue{"t", "T", "true", "True", "TRUE"};
  constexpr std::array<std::string_view, 5> kFalse{"f", "F", "false", "False", "FALSE"};
  if (std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), word) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace

std::optional<TimePrecision> time_precision_from(std::string_view word) noexcept {
  if (word == "ns" || word == "n") return TimePrecision::kNanoseconds;
  if (word == "us" || word == "u" || word == "µs") return TimePrecision::kMicroseconds;
  if (word == "ms") return TimePrecision::kMilliseconds;
  if (word == "s") return TimePrecision::kSeconds;
  return std::nullopt;
}

LineReader::LineReader(std::string_view body, const LineOptions& options)
    : options_(options),
      end_(body.data() + body.size()),
      at_(body.data()),
      line_start_(body.data()),
      line_limit_(body.data()) {}

LineReader::Step LineReader::next() {
  for (;;) {
    if (at_ == end_) return Step::kEnd;
    start_line();
    while (at_ != line_limit_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    const bool blank = at_ == end_ || class_of(*at_) == kLineEnd;
    if (blank || *at_ == '#') {
      resume_after_error();
      continue;
    }
    if (!parse_line()) {
      resume_after_error();
      return Step::kError;
    }
    line_ += lines_inside_;
    if (at_ != end_ && *at_ == '\r') ++at_;
    if (at_ != end_) ++at_, ++line_;
    return Step::kPoint;
  }
}

void LineReader::start_line() noexcept {
  line_start_ = at_;
  const auto left = static_cast<std::size_t>(end_ - at_);
  line_limit_ = at_ + std::min(left, options_.max_line_bytes);
  lines_inside_ = 0;
  scratch_used_ = 0;
  tags_.clear();
  fields_.clear();
}

// Goes on at the first line end after the start of the line. A string without an end may have swallowed good lines:
// they are read again, each at most once, since only an opening quote makes a string.
void LineReader::resume_after_error() noexcept {
  const auto* line_end =
      static_cast<const char*>(std::memchr(line_start_, '\n', static_cast<std::size_t>(end_ - line_start_)));
  at_ = line_end == nullptr ? end_ : line_end + 1;
  ++line_;
}

bool LineReader::fail(std::string_view reason, const char* at) {
  if (at_ == line_limit_ && line_limit_ != end_) {
    reason = "the line is too long";
    at = at_;
  }
  error_ = {line_, static_cast<std::size_t>(at - line_start_) + 1, reason};
  return false;
}

void LineReader::skip_spaces() noexcept {
  while (at_ != line_limit_ && *at_ == ' ') ++at_;
}

bool LineReader::parse_line() {
  const char* const start = at_;
  point_ = {};
  point_.line = line_;
  scan_word(kComma | kSpace | kLineEnd, point_.measurement);
  if (at_ == start) return fail("the measurement is missing", at_);
  if (!parse_tags()) return false;
  point_.head = {start, static_cast<std::size_t>(at_ - start)};
  skip_spaces();
  if (!parse_fields()) return false;
  skip_spaces();
  if (at_ != line_limit_ && class_of(*at_) != kLineEnd && !parse_time()) return false;
  skip_spaces();
  if (at_ != end_) {
    if (class_of(*at_) != kLineEnd) return fail("nothing may follow the timestamp", at_);
    if (*at_ == '\r' && at_ + 1 != end_ && at_[1] != '\n') return fail("a carriage return inside the line", at_);
  }
  point_.tags = tags_;
  point_.fields = fields_;
  return true;
}

// Reads up to an unescaped byte of `stops`.
void LineReader::scan_word(std::uint8_t stops, std::string_view& word) {
  const char* const start = at_;
  const auto specials = static_cast<std::uint8_t>(stops & ~kLineEnd);
  bool escaped = false;
  while (at_ != line_limit_) {
    const std::uint8_t byte_class = class_of(*at_);
    if ((byte_class & stops) != 0) break;
    if (byte_class == kBackslash && at_ + 1 != line_limit_ && (class_of(at_[1]) & specials) != 0) {
      escaped = true;
      ++at_;
    }
    ++at_;
  }
  word = {start, static_cast<std::size_t>(at_ - start)};
  if (escaped) word = unescape(word, specials);
}

std::string_view LineReader::unescape(std::string_view word, std::uint8_t specials) {
  const auto line_bytes = static_cast<std::size_t>(line_limit_ - line_start_);
  if (scratch_.size() < line_bytes && scratch_used_ == 0) scratch_.resize(line_bytes);
  char* const out = scratch_.data() + scratch_used_;
  char* write = out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 1 < word.size() && (class_of(word[i + 1]) & specials) != 0) ++i;
    *write++ = word[i];
  }
  const auto size = static_cast<std::size_t>(write - out);
  scratch_used_ += size;
  return {out, size};
}

bool LineReader::parse_tags() {
  while (at_ != line_limit_ && *at_ == ',') {
    if (tags_.size() == options_.max_tags) return fail("too many tags", at_);
    const char* const start = ++at_;
    LineTag tag;
    scan_word(kComma | kEquals | kSpace | kLineEnd, tag.key);
    if (at_ == start) return fail("the tag has no name", start);
    if (at_ == line_limit_ || *at_ != '=') return fail("the tag has no '=' and value", at_);
    const char* const value = ++at_;
    scan_word(kComma | kEquals | kSpace | kLineEnd, tag.value);
    if (at_ == value) return fail("the tag has no value", value);
    if (at_ != line_limit_ && *at_ == '=') return fail("an '=' in a tag's value is written '\\='", at_);
    const auto same = [&](const LineTag& other) { return other.key == tag.key; };
    if (std::any_of(tags_.begin(), tags_.end(), same)) return fail("the tag is given twice", start);
    tags_.push_back(tag);
  }
  return true;
}

bool LineReader::parse_fields() {
  for (;;) {
    if (fields_.size() == options_.max_fields) return fail("too many fields", at_);
    const char* const start = at_;
    LineField field;
    scan_word(kComma | kEquals | kSpace | kLineEnd, field.key);
    if (at_ == start) return fail(fields_.empty() ? "the fields are missing" : "the field has no name", start);
    if (at_ == line_limit_ || *at_ != '=') return fail("the field has no '=' and value", at_);
    ++at_;
    if (!parse_value(field)) return false;
    fields_.push_back(field);
    if (at_ == line_limit_ || *at_ != ',') return true;
    ++at_;
  }
}

bool LineReader::parse_value(LineField& field) {
  if (at_ != line_limit_ && *at_ == '"') return parse_string(field);
  const char* const start = at_;
  while (at_ != line_limit_ && (class_of(*at_) & (kComma | kSpace | kLineEnd)) == 0) ++at_;
  const std::string_view word(start, static_cast<std::size_t>(at_ - start));
  if (word.empty()) return fail("the field has no value", start);
  return parse_bare(field, word);
}

bool LineReader::parse_string(LineField& field) {
  const char* const quote = at_++;
  bool escaped = false;
  for (;; ++at_) {
    if (at_ == line_limit_) return fail("the string has no closing '\"'", quote);
    if (*at_ == '"') break;
    if (*at_ == '\n') ++lines_inside_;
    if (*at_ == '\\' && at_ + 1 != line_limit_ && (at_[1] == '"' || at_[1] == '\\')) {
      escaped = true;
      ++at_;
    }
  }
  field.type = FieldType::kString;
  field.text = {quote + 1, static_cast<std::size_t>(at_ - quote - 1)};
  if (escaped) field.text = unescape(field.text, kQuote | kBackslash);
  ++at_;
  if (at_ != line_limit_ && (class_of(*at_) & (kComma | kSpace | kLineEnd)) == 0) {
    return fail("after a string comes ',', a space or the end of the line", at_);
  }
  return true;
}

// A number or a boolean.
bool LineReader::parse_bare(LineField& field, std::string_view word) {
  std::errc fault{};
  if (word.back() == 'i') {
    field.type = FieldType::kInteger;
    fault = parse_integer(word.substr(0, word.size() - 1), field.integer);
    field.number = static_cast<double>(field.integer);
  } else if (word.back() == 'u') {
    field.type = FieldType::kUnsigned;
    fault = parse_integer(word.substr(0, word.size() - 1), field.unsigned_integer);
    field.number = static_cast<double>(field.unsigned_integer);
  } else if (const auto boolean = parse_boolean(word)) {
    field.type = FieldType::kBoolean;
    field.integer = *boolean ? 1 : 0;
    field.number = *boolean ? 1 : 0;
  } else {
    field.type = FieldType::kFloat;
    const DecimalFault decimal = parse_decimal(word, field.number);
    if (decimal == DecimalFault::kOutOfRange) fault = std::errc::result_out_of_range;
    if (decimal == DecimalFault::kMalformed) fault = std::errc::invalid_argument;
  }
  if (fault == std::errc{}) return true;
  if (fault == std::errc::result_out_of_range) return fail("the number is out of range", word.data());
  return fail("not a number, a boolean or a string in double quotes", word.data());
}

bool LineReader::parse_time() {
  const char* const start = at_;
  while (at_ != line_limit_ && (class_of(*at_) & (kSpace | kLineEnd)) == 0) ++at_;
  std::int64_t time = 0;
  const std::errc fault = parse_integer(std::string_view(start, static_cast<std::size_t>(at_ - start)), time);
  if (fault == std::errc::invalid_argument) return fail("the timestamp is not an integer", start);
  const auto unit = static_cast<std::int64_t>(options_.precision);
  if (fault != std::errc{} || __builtin_mul_overflow(time, unit, &time)) {
    return fail("the timestamp is out of range", start);
  }
  point_.time = time;
  return true;
}

}  // namespace telltale::payload
