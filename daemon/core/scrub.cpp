#include "daemon/core/scrub.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace telltale::core {

namespace {

constexpr std::array<std::string_view, 12> kParts = {"password",   "passwd",        "passphrase", "secret",
                                                     "token",      "apikey",        "api_key",    "api-key",
                                                     "credential", "authorization", "cookie",     "psk"};
constexpr std::array<std::string_view, 5> kWords = {"pass", "pwd", "pin", "key", "auth"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.'; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool names_a_secret(std::string_view key) {
  const std::string name = lower(key);
  const auto within = [&name](std::string_view part) { return name.find(part) != std::string::npos; };
  if (std::any_of(kParts.begin(), kParts.end(), within)) return true;
  return std::any_of(kWords.begin(), kWords.end(), [&name](std::string_view word) {
    return name == word || name.ends_with("_" + std::string(word)) || name.ends_with("-" + std::string(word));
  });
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  return at;
}

// Past the value that begins there: a quoted text, or all to what ends it in a flow of YAML or JSON; in
// `key=value`, as of a query or a log line, a word is all.
std::size_t end_of_value(std::string_view line, std::size_t at, bool word) {
  if (at < line.size() && (line[at] == '"' || line[at] == '\'')) {
    const char quote = line[at];
    for (std::size_t i = at + 1; i < line.size(); ++i) {
      if (line[i] == '\\' && quote == '"') {
        ++i;
      } else if (line[i] == quote) {
        return i + 1;
      }
    }
    return line.size();
  }
  return std::min(line.find_first_of(word ? " &;,}]\"'" : ",}]", at), line.size());
}

class Scrubber {
 public:
  std::string run(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      take(text.substr(0, end));
      if (end == std::string_view::npos) break;
      out_ += '\n';
      text.remove_prefix(end + 1);
    }
    return std::move(out_);
  }

 private:
  void take(std::string_view line) {
    if (in_key_) {
      in_key_ = line.find("-----END ") == std::string_view::npos;
      return;
    }
    const std::size_t indent = skip_blanks(line, 0);
    if (in_block_ && (indent == line.size() || indent > block_indent_)) return;
    in_block_ = false;
    if (line.find("-----BEGIN ") != std::string_view::npos && line.find("PRIVATE KEY") != std::string_view::npos) {
      in_key_ = true;
      out_ += kScrubbed;
      return;
    }
    line_with_values(line, indent);
  }

  void line_with_values(std::string_view line, std::size_t indent) {
    std::string clean;
    std::size_t done = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] != ':' && line[at] != '=') continue;
      if (const std::size_t end = value_of_secret(line, at, indent); end > at) {
        clean.append(line, done, skip_blanks(line, at + 1) - done).append(kScrubbed);
        done = end;
        at = end - 1;
      }
    }
    clean.append(line.substr(done));
    out_ += forms(clean);
  }

  // Where the value after the sign at `at` ends, when its key names a secret; else 0.
  std::size_t value_of_secret(std::string_view line, std::size_t at, std::size_t indent) {
    std::size_t end = at;
    if (end > 0 && (line[end - 1] == '"' || line[end - 1] == '\'')) --end;
    while (end > 0 && line[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && is_word(line[begin - 1])) --begin;
    if (!names_a_secret(line.substr(begin, end - begin))) return 0;
    const std::size_t value = skip_blanks(line, at + 1);
    const std::string_view rest = line.substr(value);
    if (rest.empty() || rest.starts_with("!secret ") || rest.starts_with("$ENV{") || rest.starts_with("//")) return 0;
    if (rest.starts_with('{') || rest.starts_with('[')) return 0;  // what is in it has keys of its own
    if (rest.front() == '|' || rest.front() == '>') {
      in_block_ = true;
      block_indent_ = indent;
    }
    const bool word = line[at] == '=' && value == at + 1 && end == at;
    return end_of_value(line, value, word);
  }

  // What tells a secret by its own form.
  static std::string forms(std::string text) {
    for (std::size_t at = text.find("//"); at != std::string::npos; at = text.find("//", at + 2)) {
      const std::size_t host = at + 2;
      const std::size_t end = std::min(text.find_first_of("/ \t\"'<>?#", host), text.size());
      const std::size_t user = text.rfind('@', end == 0 ? 0 : end - 1);
      if (user != std::string::npos && user > host) text.replace(host, user - host, kScrubbed);
    }
    for (const std::string_view scheme : {"Bearer ", "Basic ", "Token ", "telltale_session=", "tt_", "code "}) {
      for (std::size_t at = text.find(scheme); at != std::string::npos; at = text.find(scheme, at + scheme.size())) {
        const std::size_t begin = at + scheme.size();
        std::size_t end = begin;
        while (end < text.size() && (is_word(text[end]) || text[end] == '+' || text[end] == '/' || text[end] == '='))
          ++end;
        const std::string_view secret = std::string_view(text).substr(begin, end - begin);
        if (scheme == "code " ? is_setup_code(secret) : secret.size() >= 8) text.replace(begin, end - begin, kScrubbed);
      }
    }
    return text;
  }

  static bool is_setup_code(std::string_view text) {
    return text.size() == 9 && text[4] == '-' && std::all_of(text.begin(), text.end(), [](unsigned char c) {
             return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '-';
           });
  }

  std::string out_;
  bool in_key_ = false;
  bool in_block_ = false;
  std::size_t block_indent_ = 0;
};

}  // namespace

std::string scrub(std::string_view text) { return Scrubber().run(text); }

}  // namespace telltale::core
