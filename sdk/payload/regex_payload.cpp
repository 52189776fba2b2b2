#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <cstring>
#include <utility>

#include <pcre2.h>

#include <telltale/payload/regex_payload.hpp>

namespace telltale::payload {
namespace {

constexpr std::size_t kMaxPatternBytes = 2'048;
constexpr std::size_t kMaxSubjectBytes = 64UL * 1024;
constexpr std::uint32_t kMaxNesting = 50;
constexpr std::uint32_t kMaxGroups = 100;
// Steps of one match: some milliseconds on a small machine.
constexpr std::uint32_t kMatchLimit = 200'000;
constexpr std::uint32_t kDepthLimit = 10'000;
constexpr std::uint32_t kHeapLimit = 4'096;  // KiB
constexpr std::size_t kMaxMatches = 256;     // of one payload

struct FreeCode {
  void operator()(pcre2_code* code) const noexcept { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* data) const noexcept { pcre2_match_data_free(data); }
};
struct FreeLimits {
  void operator()(pcre2_match_context* context) const noexcept { pcre2_match_context_free(context); }
};
struct FreeCompile {
  void operator()(pcre2_compile_context* context) const noexcept { pcre2_compile_context_free(context); }
};

struct Pattern {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::unique_ptr<pcre2_match_data, FreeMatch> match;
  std::vector<std::pair<std::string, std::uint32_t>> groups;  // those that are fields, with their numbers
};

PCRE2_SPTR to_pcre(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::uint32_t info(const pcre2_code* code, std::uint32_t what) {
  std::uint32_t value = 0;
  pcre2_pattern_info(code, what, &value);
  return value;
}

std::vector<std::pair<std::string, std::uint32_t>> groups_of(const pcre2_code* code) {
  std::vector<std::pair<std::string, std::uint32_t>> groups;
  const std::uint32_t names = info(code, PCRE2_INFO_NAMECOUNT);
  if (names != 0) {
    PCRE2_SPTR entry = nullptr;
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &entry);
    const std::uint32_t size = info(code, PCRE2_INFO_NAMEENTRYSIZE);
    for (std::uint32_t i = 0; i < names; ++i, entry += size) {
      const std::uint32_t number = static_cast<std::uint32_t>(entry[0]) << 8U | entry[1];
      groups.emplace_back(reinterpret_cast<const char*>(entry + 2), number);
    }
    return groups;
  }
  const std::uint32_t count = info(code, PCRE2_INFO_CAPTURECOUNT);
  for (std::uint32_t i = 1; i <= count; ++i) groups.emplace_back(std::to_string(i), i);
  if (groups.empty()) groups.emplace_back(std::string(), 0);
  return groups;
}

// The pattern, or why it is none.
std::variant<Pattern, std::string> compile(const std::string& text) {
  if (text.empty()) return "the regular expression is empty";
  if (text.size() > kMaxPatternBytes) return "the regular expression is longer than 2,048 bytes";
  const std::unique_ptr<pcre2_compile_context, FreeCompile> context(pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_parens_nest_limit(context.get(), kMaxNesting);
  int error = 0;
  PCRE2_SIZE place = 0;
  Pattern pattern;
  pattern.code.reset(pcre2_compile(to_pcre(text), text.size(),
                                   PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &place,
                                   context.get()));
  if (!pattern.code) {
    std::array<PCRE2_UCHAR, 256> words{};
    pcre2_get_error_message(error, words.data(), words.size());
    return "the regular expression is wrong at character " + std::to_string(place + 1) + ": " +
           reinterpret_cast<const char*>(words.data());
  }
  if (info(pattern.code.get(), PCRE2_INFO_CAPTURECOUNT) > kMaxGroups) {
    return "the regular expression has more than 100 groups";
  }
  pattern.match.reset(pcre2_match_data_create_from_pattern(pattern.code.get(), nullptr));
  if (!pattern.match) throw std::bad_alloc();
  pattern.groups = groups_of(pattern.code.get());
  return pattern;
}

}  // namespace

struct RegexDecoder::Parts {
  // The result of pcre2_match.
  int match(const Pattern& pattern, std::string_view text, std::size_t from) const {
    return pcre2_match(pattern.code.get(), to_pcre(text), text.size(), from, 0, pattern.match.get(), limits.get());
  }
  void take(const Pattern& pattern, std::string_view text, Receiver& receiver) {
    const PCRE2_SIZE* places = pcre2_get_ovector_pointer(pattern.match.get());
    items.clear();
    for (const auto& [name, number] : pattern.groups) {
      const PCRE2_SIZE begin = places[number * 2UL];
      const PCRE2_SIZE end = places[number * 2UL + 1];
      if (begin == PCRE2_UNSET || end <= begin) continue;
      items.push_back(item_of(name, text.substr(begin, end - begin), decimal_comma));
    }
    receiver.record({items});
  }

  std::vector<Pattern> patterns;
  std::unique_ptr<pcre2_match_context, FreeLimits> limits;
  bool every_match = false;
  bool decimal_comma = false;
  std::vector<Item> items;
};

RegexDecoder::RegexDecoder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RegexDecoder::~RegexDecoder() = default;

std::variant<std::unique_ptr<RegexDecoder>, std::string> RegexDecoder::make(RegexOptions options) {
  auto parts = std::make_unique<Parts>();
  for (const std::string& text : options.patterns) {
    auto pattern = compile(text);
    if (auto* reason = std::get_if<std::string>(&pattern)) return std::move(*reason);
    parts->patterns.push_back(std::get<Pattern>(std::move(pattern)));
  }
  if (parts->patterns.empty()) return "there is no regular expression";
  parts->limits.reset(pcre2_match_context_create(nullptr));
  if (!parts->limits) throw std::bad_alloc();
  pcre2_set_match_limit(parts->limits.get(), kMatchLimit);
  pcre2_set_depth_limit(parts->limits.get(), kDepthLimit);
  pcre2_set_heap_limit(parts->limits.get(), kHeapLimit);
  parts->every_match = options.every_match;
  parts->decimal_comma = options.decimal_comma;
  return std::unique_ptr<RegexDecoder>(new RegexDecoder(std::move(parts)));
}

void RegexDecoder::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxSubjectBytes) return receiver.refused("too_large", {});
  for (const Pattern& pattern : parts_->patterns) {
    std::size_t from = 0;
    std::size_t matches = 0;
    for (;;) {
      const int result = parts_->match(pattern, payload, from);
      if (result == PCRE2_ERROR_NOMATCH) break;
      if (result < 0) return receiver.refused("regex_limit", {});
      parts_->take(pattern, payload, receiver);
      if (!parts_->every_match) return;
      if (++matches == kMaxMatches) return receiver.refused("too_many_fields", "more than 256 matches");
      const PCRE2_SIZE end = pcre2_get_ovector_pointer(pattern.match.get())[1];
      from = end > from ? end : from + 1;
      if (from >= payload.size()) return;
    }
    if (matches != 0) return;
  }
  receiver.refused("no_match", {});
}

}  // namespace telltale::payload
