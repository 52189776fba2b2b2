// The pieces of an expression's text: what expression.h says of names, numbers, durations and operators. Borrows the
// text; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telltale::core {

struct ExpressionToken {
  enum class Kind : std::uint8_t { kEnd, kNumber, kName, kSymbol, kBad };
  Kind kind = Kind::kEnd;
  std::size_t begin = 0;  // bytes
  std::size_t end = 0;
  std::string text;  // of a name, without quotes, with its labels and @stat_window; of a bad one: why
  double number = 0;
  bool is_duration = false;
  bool quoted = false;
  [[nodiscard]] bool is(std::string_view word) const {
    return (kind == Kind::kSymbol || (kind == Kind::kName && !quoted)) && text == word;
  }
};

class ExpressionTokens {
 public:
  explicit ExpressionTokens(std::string_view text) : text_(text) { token_ = read(); }
  [[nodiscard]] const ExpressionToken& peek() const { return token_; }
  ExpressionToken next() {
    ExpressionToken taken = std::move(token_);
    token_ = read();
    return taken;
  }
  [[nodiscard]] std::string_view written(const ExpressionToken& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

 private:
  ExpressionToken read();
  ExpressionToken number();
  ExpressionToken name();
  ExpressionToken quoted();
  bool take_selector(ExpressionToken& token);
  ExpressionToken bad(std::size_t begin, std::string why);

  std::string_view text_;
  std::size_t at_ = 0;
  ExpressionToken token_;
};

}  // namespace telltale::core
