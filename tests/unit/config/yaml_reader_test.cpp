#include "daemon/config/yaml_reader.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/prescan.h"

namespace telltale::config {
namespace {

using core::ConfigNode;
using testing::HasSubstr;

struct Read {
  std::optional<ConfigNode> root;
  core::Diagnostics diagnostics;
};
Read read(std::string_view text) {
  Read result;
  result.root = read_yaml(text, result.diagnostics);
  return result;
}
std::string messages(const Read& result) { return result.diagnostics.render("f", ""); }

TEST(YamlReader, KeepsTypesQuotesAndPlaces) {
  const auto result = read("größe: {ä: \"1\", b: 2}\nlist:\n  - ~\n  - 'x'\n  - |\n    text\nempty:\n");
  ASSERT_TRUE(result.root) << messages(result);
  const ConfigNode& root = *result.root;
  ASSERT_EQ(root.children.size(), 3U);
  EXPECT_EQ(root.children[0].key, "größe");
  EXPECT_EQ(root.children[0].key_mark.column, 1);
  EXPECT_EQ(root.children[0].mark.column, 8);  // characters, not bytes
  const ConfigNode& quoted = root.children[0].children[0];
  EXPECT_TRUE(quoted.quoted);
  EXPECT_EQ(quoted.mark.column, 12);
  EXPECT_FALSE(root.children[0].children[1].quoted);
  const ConfigNode& list = root.children[1];
  ASSERT_EQ(list.children.size(), 3U);
  EXPECT_EQ(list.children[0].type, ConfigNode::Type::kNull);
  EXPECT_EQ(list.children[1].mark.line, 4);
  EXPECT_EQ(list.children[2].scalar, "text\n");
  EXPECT_TRUE(list.children[2].quoted);
  EXPECT_EQ(root.children[2].type, ConfigNode::Type::kNull);
}

TEST(YamlReader, ReadsFilesOfOtherEditors) {
  const auto result = read(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n");
  ASSERT_TRUE(result.root) << messages(result);
  EXPECT_EQ(result.root->find("b")->scalar, "2");
  EXPECT_EQ(result.root->find("a")->key_mark.column, 1);
}

TEST(YamlReader, TakesQuotedTextsOverSeveralLines) {
  const auto result = read("a: \"one\n  two\\\"\"\nb: 'it''s\n\n  fine'\nc: &x \"\"\n'd': \"x\n  y\"\n\"e'\": 'f\"'\n");
  ASSERT_TRUE(result.root) << messages(result);
  EXPECT_EQ(result.root->find("a")->scalar, "one two\"");
  EXPECT_EQ(result.root->find("b")->scalar, "it's\nfine");
  EXPECT_EQ(result.root->find("d")->scalar, "x y");
  EXPECT_EQ(result.root->find("e'")->scalar, "f\"");
}

TEST(YamlReader, ExpandsAliasesAndMerges) {
  const auto result = read("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b, {z: 4}]}\nthree: *b\n");
  ASSERT_TRUE(result.root) << messages(result);
  EXPECT_FALSE(result.diagnostics.has_errors());
  EXPECT_EQ(result.root->find("one")->find("y")->scalar, "3");
  EXPECT_EQ(result.root->find("one")->find("x")->scalar, "1");
  EXPECT_EQ(result.root->find("two")->find("z")->scalar, "4");
  EXPECT_EQ(result.root->find("three")->find("y")->scalar, "2");
}

TEST(YamlReader, RefusesWithAPlace) {
  struct Case {
    std::string text;
    std::string message;
  };
  std::string deep_sections;
  for (int i = 0; i < 40; ++i) deep_sections += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  const std::string deep_flow = std::string(33, '[') + "x" + std::string(33, ']');
  std::string aliases = "a: &a 1\nb: [";
  for (int i = 0; i < 65; ++i) aliases += "*a,";
  std::string anchors;
  for (int i = 0; i < 65; ++i) anchors += "- &a" + std::to_string(i) + " x\n";
  std::string laughs = "- &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string use = "*a" + std::to_string(i - 1);
    laughs +=
        "- &a" + std::to_string(i) + " [" + use + "," + use + "," + use + "," + use + "," + use + "," + use + "]\n";
  }
  std::string long_laughs = "- &a0 " + std::string(600'000, 'x') + "\n- [*a0,*a0,*a0,*a0,*a0,*a0]\n";
  std::string grown = "- &a ";
  for (int i = 0; i < 20; ++i) grown += "[";
  grown += "x" + std::string(20, ']') + "\n- " + std::string(20, '[') + "*a" + std::string(20, ']') + "\n";
  std::string many = "- [";
  for (int i = 0; i < 100'001; ++i) many += "a,";
  many += "]";
  const std::vector<Case> cases = {
      {"a: 1\na: 2\n", "f:2:1: error: 'a' is given twice; first in line 1"},
      {"a: {b: 1, \"b\": 2}\n", "f:1:11: error: 'b' is given twice"},
      {"a: 1\n---\nb: 2\n", "f:2:1: error: a second document begins here"},
      {"a: !int 1\n", "f:1:4: error: unknown tag '!int'"},
      {"a: !!binary eA==\n", "f:1:4: error: unknown tag"},
      {"a: !secret [x]\n", "f:1:4: error: !secret needs the name"},
      {"? [a]\n: b\n", "f:1:3: error: a key must be a word"},
      {"{a: b}: c\n", "error: a key must be a word"},
      {"~: c\n", "f:1:1: error: a key must be a word"},
      {"!secret a: c\n", "f:1:1: error: a key must be a word"},
      {"a: &a [*a]\n", "error: an alias that refers to what it is a part of"},
      {"a: *b\n", "f:1:4: error: not valid YAML"},
      {"{<<: 1}\n", "error: << needs a section"},
      {"a: [1\n", "error: not valid YAML"},
      {"[[[\n", "is a bracket not closed?"},
      {"a: \"b\n", "f:1:4: error: a quote that is not closed"},
      {"a: \"b", "error"},
      {"a: 'b''\n\n", "f:1:4: error: a quote that is not closed"},
      {"a: &x !!str\n  \"b\\\"\n", "f:1:4: error: a quote that is not closed"},
      {"a:\n  b: \"x\n  c: 1\nd: \"y\"\n", "error: not valid YAML"},
      {"a: b: c\n", "f:1:5: error: not valid YAML: illegal map value"},
      {"a:\n\tb: 1\n", "(indent with spaces, not with tabs)"},
      {"a: \x01\n", "f:1:4: error: a byte that is no UTF-8 text"},
      {std::string("a: \0b\n", 6), "f:1:4: error: a byte that is no UTF-8 text"},
      {"größe: \xff\n", "f:1:8: error: a byte that is no UTF-8 text"},
      {deep_sections, "f:33:33: error: nested deeper than 32"},
      {deep_flow, "f:1:33: error: nested deeper than 32"},
      {std::string(100'000, '['), "nested deeper than 32"},
      {std::string(100'000, '{'), "nested deeper than 32"},
      {"- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - x\n", "nested deeper than 32"},
      {aliases, "error: more than 64 aliases"},
      {anchors, "error: more than 64 anchors"},
      {laughs, "error: more than 100000 values"},
      {long_laughs, "error: the values are larger than 4 MiB"},
      {grown, "error: nested deeper than 32"},
      {many, "error: more than 100000 values"},
      {std::string(kMaxFileBytes + 1, ' '), "f: error: the file is larger than 1 MiB"},
  };
  for (const auto& bad : cases) {
    const auto result = read(bad.text);
    EXPECT_TRUE(result.diagnostics.has_errors()) << bad.text.substr(0, 60);
    EXPECT_THAT(messages(result), HasSubstr(bad.message)) << bad.text.substr(0, 60);
  }
}

TEST(YamlReader, StopsDashesThatNestWithoutEnd) {
  std::string dashes;
  for (int i = 0; i < 50'000; ++i) dashes += "- ";
  EXPECT_TRUE(read(dashes).diagnostics.has_errors());
  std::string questions;
  for (int i = 0; i < 50'000; ++i) questions += "? ";
  EXPECT_TRUE(read(questions).diagnostics.has_errors());
}

TEST(YamlReader, AllowsTheLimitsThemselves) {
  const std::string deep = std::string(32, '[') + "x" + std::string(32, ']');
  EXPECT_FALSE(read(deep).diagnostics.has_errors()) << messages(read(deep));
  std::string aliases = "a: &a 1\nb: [";
  for (int i = 0; i < 64; ++i) aliases += "*a,";
  EXPECT_FALSE(read(aliases + "]").diagnostics.has_errors());
  // Brackets in texts and comments do not nest.
  std::string texts;
  for (int i = 0; i < 200; ++i) texts += "k" + std::to_string(i) + ": '['\n";
  EXPECT_FALSE(read(texts + "# -------- [[ \n").diagnostics.has_errors());
  EXPECT_FALSE(read(std::string(200, '#') + "\n" + "# " + std::string(300, '-') + "\na: 1\n").diagnostics.has_errors());
}

TEST(YamlReader, DoesNotShowALineThatLooksLikeASecret) {
  core::Diagnostics diagnostics;
  const std::string text = "user: x\npassword: hunter2: y\n";
  EXPECT_FALSE(read_yaml(text, diagnostics));
  EXPECT_THAT(diagnostics.render("f", text), testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(diagnostics.render("f", text), HasSubstr("f:2:18: error: not valid YAML"));
}

}  // namespace
}  // namespace telltale::config
