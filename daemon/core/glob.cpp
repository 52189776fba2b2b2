// Glob of selector.h.
#include "daemon/core/escape.h"
#include "daemon/core/selector.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

constexpr std::size_t kMaxPatternBytes = 1'024;
constexpr std::size_t kMaxAlternatives = 64;

Error bad_glob(std::string_view pattern, std::string_view why) {
  return make_error(ErrorCode::kInvalid,
                    "'" + escape_line(cut_utf8(pattern, 64)) + "' is not a pattern: " + std::string(why));
}

// `a{b,c}d` as its pieces: {"a"}, {"b","c"}, {"d"}.
using Pieces = std::vector<std::vector<std::string>>;

Result<Pieces> split(std::string_view pattern) {
  Pieces pieces{{""}};
  bool inside = false;
  for (const char c : pattern) {
    if (c == '{') {
      if (inside) return bad_glob(pattern, "'{' inside of '{…}'");
      inside = true;
      pieces.push_back({""});
    } else if (c == '}') {
      if (!inside) return bad_glob(pattern, "'}' without '{'");
      inside = false;
      pieces.push_back({""});
    } else if (c == ',' && inside) {
      pieces.back().emplace_back();
    } else {
      pieces.back().back().push_back(c);
    }
  }
  if (inside) return bad_glob(pattern, "'{' without '}'");
  return pieces;
}

std::size_t character_bytes(std::string_view text) {
  const std::size_t before = text.size();
  return take_utf8(text) ? before - text.size() : 1;
}

// Looks back at the latest star alone, which is enough: time is at most the text's length times that of the
// longest piece between two stars.
bool matches_one(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = kNone;
  std::size_t retry = 0;  // where the text behind the star's run begins
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += character_bytes(text.substr(t));
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      retry += character_bytes(text.substr(retry));
      t = retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return make_error(ErrorCode::kLimit, "a pattern has at most " + std::to_string(kMaxPatternBytes) + " bytes");
  }
  if (!is_clean_text(pattern)) return bad_glob(pattern, "control characters, or no valid UTF-8");
  auto pieces = split(pattern);
  if (!pieces) return pieces.error();
  std::vector<std::string> expanded{""};
  for (const auto& piece : *pieces) {
    if (expanded.size() * piece.size() > kMaxAlternatives) {
      return make_error(ErrorCode::kLimit, "'" + std::string(cut_utf8(pattern, 64)) + "' expands to more than " +
                                               std::to_string(kMaxAlternatives) + " alternatives");
    }
    std::vector<std::string> longer;
    longer.reserve(expanded.size() * piece.size());
    for (const auto& head : expanded) {
      for (const auto& tail : piece) longer.push_back(head + tail);
    }
    expanded = std::move(longer);
  }
  Glob glob;
  glob.pattern_ = pattern;
  glob.alternatives_ = std::move(expanded);
  return glob;
}

Glob Glob::literal(std::string_view text) {
  Glob glob;
  glob.pattern_ = text;
  return glob;
}

bool Glob::matches(std::string_view text) const {
  for (const auto& alternative : alternatives_) {
    if (matches_one(alternative, text)) return true;
  }
  return false;
}

}  // namespace telltale::core
