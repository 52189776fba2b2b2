#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/load.h"
#include "tests/support/fake_catalog.h"

namespace telltale::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Outcome load_text(std::string text) {
  test::FakeCatalog plugins;
  return load({"telltale.yaml", std::move(text)}, SecretSources{}, plugins);
}

TEST(NotifySection, ReadsWhatIsWritten) {
  const auto outcome = load_text(R"(
notify:
  - id: ops
    webhook: {url: "https://hooks.example.org/a?b=c", headers: ["Authorization: Bearer x", "X-A: b"], body: '{"text":"{text}"}'}
    severity: warning
    group: 10s
    repeat: 4h
    resolved: false
    tries: 3
  - {id: horn, command: [/usr/local/bin/horn, --loud]}
rules: [{name: a, when: b, notify: [ops, horn]}]
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  const auto& notify = outcome.config->notify;
  ASSERT_EQ(notify.size(), 2U);
  EXPECT_EQ(notify[0].url, "https://hooks.example.org/a?b=c");
  EXPECT_EQ(notify[0].headers.at(0), std::pair(std::string("Authorization"), std::string("Bearer x")));
  EXPECT_EQ(notify[0].least, core::Severity::kWarning);
  EXPECT_EQ(notify[0].group, 10s);
  EXPECT_EQ(notify[0].repeat, 4h);
  EXPECT_FALSE(notify[0].resolved);
  EXPECT_EQ(notify[0].tries, 3);
  EXPECT_THAT(notify[1].command, ElementsAre("/usr/local/bin/horn", "--loud"));
  EXPECT_TRUE(notify[1].resolved);
}

TEST(NotifySection, PointsAtEveryMistake) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"notify: [{id: a}]", ":1:10", "either 'webhook' or 'command'"},
      {"notify: [{id: a, command: /bin/true, webhook: {url: 'http://a/'}}]", ":1:10", "either 'webhook' or 'command'"},
      {"notify: [{id: a, webhook: {}}]", ":1:18", "'url' is missing"},
      {"notify: [{id: a, webhook: {url: 'ftp://a/'}}]", ":1:33", "http:// or https://"},
      {"notify: [{id: a, webhook: {url: 'http://a/', headers: 'X'}}]", ":1:55", "'Name: value'"},
      {"notify: [{id: a, webhook: {url: 'http://a/', headers: \"X: a\\nY: b\"}}]", ":1:55", "'Name: value'"},
      {"notify: [{id: a, command: horn}]", ":1:27", "its whole path"},
      {"notify: [{id: A B, command: /bin/true}]", ":1:15", "small letters"},
      {"notify: [{id: a, command: /bin/true, repeat: 5s}]", ":1:46", "1m or longer"},
      {"notify: [{id: ops, command: /bin/true}]\nrules: [{name: a, when: b, notify: [opps]}]", ":2:37",
       "did you mean 'ops'?"},
  };
  for (const auto& [text, place, says] : cases) {
    const auto outcome = load_text(text);
    EXPECT_FALSE(outcome.config) << text;
    EXPECT_THAT(outcome.report, HasSubstr(std::string("telltale.yaml") + place + ": error: ")) << text;
    EXPECT_THAT(outcome.report, HasSubstr(says)) << text;
  }
}

}  // namespace
}  // namespace telltale::config
