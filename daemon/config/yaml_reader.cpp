#include "daemon/config/yaml_reader.h"

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "daemon/config/node_builder.h"
#include "daemon/config/prescan.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

// Places: yaml-cpp counts bytes from 0, users count characters from 1.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }
  [[nodiscard]] core::SourceMark operator()(const YAML::Mark& mark) {
    if (mark.line < 0 || mark.column < 0) return {};
    const auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
    const std::string_view text = line_of(line);
    const auto bytes = std::min(static_cast<std::size_t>(mark.column), text.size());
    // Places come mostly in order: a long line is counted once, not once per value in it.
    if (line != line_ || bytes < bytes_) {
      line_ = line;
      bytes_ = 0;
      characters_ = 0;
    }
    characters_ += core::count_utf8(text.substr(bytes_, bytes - bytes_));
    bytes_ = bytes;
    return {static_cast<int>(line) + 1, static_cast<int>(characters_) + 1};
  }
  // The text from a place to its end.
  [[nodiscard]] std::string_view from(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.column < 0 || static_cast<std::size_t>(mark.line) >= starts_.size()) return {};
    const auto at = starts_[static_cast<std::size_t>(mark.line)] + static_cast<std::size_t>(mark.column);
    return text_.substr(std::min(at, text_.size()));
  }
  [[nodiscard]] std::string_view line_of(std::size_t line) const {
    const auto end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
    return text_.substr(starts_[line], end - starts_[line]);
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  std::size_t line_ = 0;  // where the last place was: `bytes_` into the line are `characters_`
  std::size_t bytes_ = 0;
  std::size_t characters_ = 0;
};

std::size_t count_visible(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; }));
}

// yaml-cpp takes the end of the file, or of the indentation, for a missing closing quote; the spec does not (YAML
// 1.2, section 7.3). `written` begins where the scalar or its tag and anchor begin.
bool lacks_closing_quote(std::string_view written, std::string_view value) {
  while (!written.empty() && (written.front() == '&' || written.front() == '!')) {
    written.remove_prefix(std::min(written.find_first_of(" \t\r\n"), written.size()));
    written.remove_prefix(std::min(written.find_first_not_of(" \t\r\n"), written.size()));
  }
  if (written.empty() || (written.front() != '"' && written.front() != '\'')) return false;
  const char quote = written.front();
  bool escapes = false;
  std::size_t end = 1;
  for (; end < written.size(); ++end) {
    const bool pair = quote == '"' ? written[end] == '\\' : written.substr(end, 2) == "''";
    escapes = escapes || pair;
    if (pair) ++end;
    if (!pair && written[end] == quote) break;
  }
  if (end >= written.size()) return true;
  // A quote was found, but perhaps that of a later value.
  return !escapes && count_visible(written.substr(1, end - 1)) != count_visible(value);
}

class Events final : public YAML::EventHandler {
 public:
  Events(Places& places, NodeBuilder& builder) : places_(places), builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      throw Refusal{places_(mark),
                    "a second document begins here; a configuration is one: is the line indented as those above?"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.null({places_(mark), "", anchor}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.alias(places_(mark), anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (lacks_closing_quote(places_.from(mark), value)) throw Refusal{places_(mark), "a quote that is not closed"};
    builder_.scalar({places_(mark), tag, anchor}, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    builder_.begin({places_(mark), tag, anchor}, core::ConfigNode::Type::kSequence);
  }
  void OnSequenceEnd() override { builder_.end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    builder_.begin({places_(mark), tag, anchor}, core::ConfigNode::Type::kMap);
  }
  void OnMapEnd() override { builder_.end(); }

 private:
  Places& places_;
  NodeBuilder& builder_;
  int documents_ = 0;
};

// A line that the parser stumbles over may hold a secret whose option nobody has looked up yet.
bool looks_secret(std::string_view line) {
  constexpr std::array<std::string_view, 6> kWords = {"pass", "secret", "token", "key", "pin", "credential"};
  std::string lower(line);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void add_parse_error(Places& places, const YAML::Exception& error, core::Diagnostics& diagnostics) {
  const core::SourceMark mark = places(error.mark);
  std::string message = error.msg;
  if (mark.line > 0) {
    const std::string_view line = places.line_of(static_cast<std::size_t>(mark.line) - 1);
    const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
    if (indent.find('\t') != std::string_view::npos) message += " (indent with spaces, not with tabs)";
    if (looks_secret(line)) diagnostics.hide_line(mark.line);
  }
  diagnostics.error(mark, "not valid YAML: " + message);
}

}  // namespace

std::optional<core::ConfigNode> read_yaml(std::string_view text, core::Diagnostics& diagnostics) {
  if (!prescan(text, diagnostics)) return std::nullopt;
  Places places(text);
  NodeBuilder builder(diagnostics);
  Events events(places, builder);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
    return builder.take();
  } catch (const Refusal& refusal) {
    diagnostics.error(refusal.mark, refusal.message);
  } catch (const YAML::Exception& error) {
    add_parse_error(places, error, diagnostics);
  } catch (const std::exception& error) {
    diagnostics.error({}, std::string("not valid YAML: ") + error.what());
  }
  return std::nullopt;
}

}  // namespace telltale::config
