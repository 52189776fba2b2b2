#include "daemon/provision/document.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "daemon/core/base64.h"
#include "daemon/core/escape.h"
#include "daemon/core/series.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::provision {

namespace {

constexpr std::string_view kFirst = "# telltale-configuration 1";
constexpr std::string_view kAnyFirst = "# telltale-configuration";
constexpr std::string_view kFor = "# for: ";
constexpr std::string_view kSerial = "# serial: ";
constexpr std::string_view kUntil = "# until: ";
constexpr std::string_view kSignature = "# signature: ";
constexpr std::size_t kSealBytes = kSignature.size() + 88 + 1;  // 64 bytes are 88 characters of base64
constexpr std::size_t kMostLine = 4096;

core::Error corrupt(std::string why) { return core::make_error(core::ErrorCode::kCorrupt, std::move(why)); }

std::string shown(std::string_view text) { return core::escape_line(core::cut_utf8(text, 64)); }

// The lines of the head, one after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // The next line behind its word; nothing when it begins with another.
  std::optional<std::string_view> take(std::string_view word) {
    const auto end = rest_.find('\n');
    if (end > kMostLine || !rest_.starts_with(word)) return std::nullopt;  // also when there is none
    const std::string_view value = rest_.substr(word.size(), end - word.size());
    rest_.remove_prefix(end + 1);
    ++line_;
    return value;
  }
  // Of the line that comes next.
  [[nodiscard]] std::string place() const { return fmt::format("line {}", line_); }
  [[nodiscard]] std::string place_before() const { return fmt::format("line {}", line_ - 1); }

 private:
  std::string_view rest_;
  int line_ = 1;
};

core::Result<std::vector<core::Glob>> read_globs(std::string_view text) {
  std::vector<core::Glob> globs;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (word.empty() || end + 1 == text.size()) return corrupt("there is a space too many after 'for:'");
    if (globs.size() == kMostGlobs) return corrupt(fmt::format("there are more than {} patterns", kMostGlobs));
    if (!core::is_clean_text(word)) return corrupt("a pattern has no control characters");
    auto glob = core::Glob::parse(word);
    if (!glob) return corrupt(glob.error().message);
    globs.push_back(std::move(*glob));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (globs.empty()) return corrupt("it is for no device: a pattern of names stands after 'for:', * is all");
  return globs;
}

std::optional<std::uint64_t> read_serial(std::string_view text) {
  std::uint64_t serial = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), serial);
  const bool good = failure == std::errc{} && end == text.data() + text.size() && text.front() != '0' &&
                    serial <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return good ? std::optional(serial) : std::nullopt;
}

// RFC 3339 alone: 'now' is a time too, and another one each time that it is looked at.
std::optional<core::WallTime> read_until(std::string_view text) {
  const bool is_date = text.size() >= 20 && text.size() <= 64 && text[4] == '-' && text[10] == 'T';
  if (!is_date) return std::nullopt;
  const auto time = core::parse_time(text, {});
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace

bool Head::is_for(std::string_view device) const {
  return std::any_of(globs.begin(), globs.end(), [&](const core::Glob& glob) { return glob.matches(device); });
}

core::Result<Sealed> open_seal(std::string_view text) {
  if (text.size() > kMostDocument) {
    return core::make_error(core::ErrorCode::kLimit, fmt::format("is larger than {} bytes", kMostDocument));
  }
  if (!text.starts_with(kAnyFirst)) {
    return corrupt(fmt::format("is no signed configuration: its first line is not '{}'", kFirst));
  }
  const auto end = text.size() - std::min(text.size(), kSealBytes);
  const std::string_view last = text.substr(end);
  if (last.size() != kSealBytes || end == 0 || text[end - 1] != '\n' || !last.starts_with(kSignature) ||
      last.back() != '\n') {
    return corrupt("does not end with a line '# signature: …': it is not signed, or a part of it is missing");
  }
  const auto signature = core::from_base64(last.substr(kSignature.size(), kSealBytes - kSignature.size() - 1));
  if (!signature || signature->size() != kSignatureBytes) return corrupt("its signature is no base64 of 64 bytes");
  return Sealed{text.substr(0, end), *signature};
}

core::Result<Head> read_head(std::string_view covered) {
  Lines lines(covered);
  const auto first = lines.take(kFirst);
  if (!first || !first->empty()) {
    return corrupt(fmt::format("line 1 is not '{}': a later Telltale's, perhaps", kFirst));
  }
  Head head;
  const auto globs_text = lines.take(kFor);
  if (!globs_text) return corrupt(lines.place() + " is not like '# for: press-*'");
  auto globs = read_globs(*globs_text);
  if (!globs) return globs.error().in(lines.place_before());
  head.globs = std::move(*globs);
  const auto serial_text = lines.take(kSerial);
  const auto serial = serial_text ? read_serial(*serial_text) : std::nullopt;
  if (!serial) {
    return corrupt((serial_text ? lines.place_before() : lines.place()) +
                   " is not like '# serial: 17', a whole number from 1");
  }
  head.serial = *serial;
  if (const auto until_text = lines.take(kUntil)) {
    head.until = read_until(*until_text);
    if (!head.until) {
      return corrupt(fmt::format("{} is not like '# until: 2027-01-01T00:00:00Z' but '{}'", lines.place_before(),
                                 shown(*until_text)));
    }
  }
  return head;
}

core::Result<std::string> put_head(const HeadTexts& head, std::string_view yaml) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (yaml.starts_with(kByteOrderMark)) yaml.remove_prefix(kByteOrderMark.size());
  if (yaml.starts_with(kAnyFirst)) {
    return core::make_error(core::ErrorCode::kInvalid,
                            "is a signed configuration already: sign the one that it was made of");
  }
  // A line's end in one of them would make another head of it.
  if (!core::is_clean_text(fmt::format("{}{}", fmt::join(head.globs, ""), head.until))) {
    return core::make_error(core::ErrorCode::kInvalid, "names and times have no control characters");
  }
  std::string out = fmt::format("{}\n{}{}\n{}{}\n", kFirst, kFor, fmt::join(head.globs, " "), kSerial, head.serial);
  if (!head.until.empty()) out += fmt::format("{}{}\n", kUntil, head.until);
  auto read = read_head(out);
  const bool same = read && read->globs.size() == head.globs.size();
  if (read && !same) return core::make_error(core::ErrorCode::kInvalid, "a pattern of names has no spaces");
  if (!read) {
    core::Error error = read.error();
    error.code = core::ErrorCode::kInvalid;
    return error;
  }
  out += yaml;
  if (!out.ends_with('\n')) out += '\n';
  if (out.size() + kSealBytes > kMostDocument) {
    return core::make_error(core::ErrorCode::kLimit, fmt::format("gets larger than {} bytes", kMostDocument));
  }
  return out;
}

std::string put_seal(std::string_view covered, std::string_view signature) {
  return fmt::format("{}{}{}\n", covered, kSignature, core::to_base64(signature));
}

}  // namespace telltale::provision
