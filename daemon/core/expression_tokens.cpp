#include "daemon/core/expression_tokens.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || byte >= 0x80;
}
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '.'; }

}  // namespace

ExpressionToken ExpressionTokens::bad(std::size_t begin, std::string why) {
  ExpressionToken token;
  token.kind = ExpressionToken::Kind::kBad;
  token.begin = begin;
  token.end = at_;
  token.text = std::move(why);
  at_ = text_.size();  // nothing behind it makes sense
  return token;
}

ExpressionToken ExpressionTokens::read() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  ExpressionToken token;
  token.begin = token.end = at_;
  if (at_ == text_.size()) return token;
  const char first = text_[at_];
  if (is_digit(first) || (first == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return number();
  if (is_letter(first)) return name();
  if (first == '\'' || first == '`') return quoted();
  for (const std::string_view symbol :
       {"<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "^", "(", ")", ",", "<", ">", "?", ":", "!", "="}) {
    if (!text_.substr(at_).starts_with(symbol)) continue;
    at_ += symbol.size();
    token.kind = ExpressionToken::Kind::kSymbol;
    token.text = symbol;
    token.end = at_;
    return token;
  }
  std::string_view rest = text_.substr(at_);
  const std::size_t before = rest.size();
  if (!take_utf8(rest)) rest.remove_prefix(1);
  const std::string_view one = text_.substr(at_, before - rest.size());
  return bad(at_, "'" + escape_line(one) + "' has no meaning here; a name with such characters stands between '…'");
}

// 12, 0.5, 1e-3; with letters behind it a duration: 5m, 1h30m.
ExpressionToken ExpressionTokens::number() {
  ExpressionToken token;
  token.kind = ExpressionToken::Kind::kNumber;
  token.begin = at_;
  const char* const begin = text_.data() + at_;
  const auto [end, failure] = std::from_chars(begin, text_.data() + text_.size(), token.number);
  std::size_t stop = at_ + static_cast<std::size_t>(end - begin);
  if (failure != std::errc{} || !std::isfinite(token.number)) {
    at_ = std::max(stop, at_ + 1);
    return bad(token.begin, "this is not a number");
  }
  if (stop < text_.size() && is_letter(text_[stop])) {
    while (stop < text_.size() && is_word(text_[stop])) ++stop;
    const std::string_view word = text_.substr(at_, stop - at_);
    const auto duration = parse_duration(word);
    at_ = stop;
    if (!duration) {
      return bad(token.begin, "'" + escape_line(cut_utf8(word, 64)) +
                                  "' is neither a number nor a duration such as 5m; a name that begins with a digit "
                                  "stands between '…'");
    }
    token.number = std::chrono::duration<double>(*duration).count();
    token.is_duration = true;
  }
  at_ = stop;
  token.end = at_;
  return token;
}

// A name goes on over dots; behind a dot, over * and ?. Its labels and @stat_window follow without a space.
ExpressionToken ExpressionTokens::name() {
  ExpressionToken token;
  token.kind = ExpressionToken::Kind::kName;
  token.begin = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool pattern = (c == '*' || c == '?') && text_[at_ - (at_ > token.begin ? 1 : 0)] == '.';
    if (!is_word(c) && !pattern) break;
    ++at_;
  }
  if (!take_selector(token)) return bad(token.begin, "the braces behind this name have no end");
  token.text = text_.substr(token.begin, at_ - token.begin);
  token.end = at_;
  return token;
}

// Takes `{…}` and `@…` that follow; false when braces have no end.
bool ExpressionTokens::take_selector(ExpressionToken& token) {
  if (at_ < text_.size() && text_[at_] == '{') {
    bool in_text = false;
    for (++at_; at_ < text_.size() && (in_text || text_[at_] != '}'); ++at_) {
      if (in_text && text_[at_] == '\\') ++at_;
      if (at_ < text_.size() && text_[at_] == '"') in_text = !in_text;
    }
    if (at_ >= text_.size()) {
      at_ = text_.size();
      token.end = at_;
      return false;
    }
    ++at_;
  }
  if (at_ < text_.size() && text_[at_] == '@') {
    ++at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  }
  return true;
}

ExpressionToken ExpressionTokens::quoted() {
  ExpressionToken token;
  token.kind = ExpressionToken::Kind::kName;
  token.quoted = true;
  token.begin = at_;
  const auto end = text_.find(text_[at_], at_ + 1);
  if (end == std::string_view::npos) {
    at_ = text_.size();
    return bad(token.begin, "the quoted name has no end");
  }
  token.text = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  token.end = at_;
  return token;
}

}  // namespace telltale::core
