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

TEST(NotifySection, ReadsEscalations) {
  const auto outcome = load_text(R"(
notify: [{id: ops, command: /bin/true}, {id: boss, command: /bin/true}, {id: plant, command: /bin/true}]
rules:
  - {name: a, when: b, notify: ops, escalate: [{after: 1h, notify: [boss, plant]}, {after: 15m, notify: boss}]}
  - {name: c, when: b, escalate: {after: 30s, notify: boss}}
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  const auto& steps = outcome.config->rules[0].escalate;
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0], (core::Escalation{15min, {"boss"}})) << "in the order of time";
  EXPECT_EQ(steps[1], (core::Escalation{1h, {"boss", "plant"}}));
  EXPECT_EQ(outcome.config->rules[1].escalate.at(0).after, 30s);
  const std::string rule = "notify: [{id: ops, command: /bin/true}]\nrules: [{name: a, when: b, escalate: ";
  std::string nine = "[";
  for (int i = 1; i < 10; ++i) nine += "{after: " + std::to_string(i) + "m, notify: ops}, ";
  const std::pair<std::string, const char*> bad[] = {
      {"[{after: 15m, notify: opps}]", "did you mean 'ops'?"},
      {"[{notify: ops}]", "'after' is missing"},
      {"[{after: 15m}]", "'notify' is missing"},
      {"[{after: 15m, notify: []}]", "whom to tell"},
      {"[{after: 0s, notify: ops}]", "after"},
      {"[{after: 15m, notify: ops, to: x}]", "to"},
      {"15m", ""},
      {nine + "]", "at most 8 steps"},
  };
  for (const auto& [text, says] : bad) {
    const auto refused = load_text(rule + text + "}]\n");
    EXPECT_FALSE(refused.config) << text;
    EXPECT_THAT(refused.report, HasSubstr(says)) << text;
  }
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

TEST(NotifySection, ReadsMailsAndMqtt) {
  const auto outcome = load_text(R"(
notify:
  - {id: mail, body: "{text}", email: {server: "smtps://mail.example.org:465", from: a@b.example, to: [c@d.example, e@f.example], subject: "{rule}", ca: /etc/ca.pem}}
  - {id: plant, mqtt: {url: "mqtts://broker", topic: "plant/{device}/{rule}", qos: 2, retain: true}}
  - {id: here, email: {server: "smtp://127.0.0.1:25", from: a@b.example, to: c@d.example, user: x, starttls: false}}
rules: [{name: a, when: b, notify: mail}]
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  const auto& notify = outcome.config->notify;
  ASSERT_EQ(notify.size(), 3U);
  ASSERT_TRUE(notify[0].email);
  EXPECT_EQ(core::way_of(notify[0]), "email");
  EXPECT_EQ(notify[0].email->url, "smtps://mail.example.org:465");
  EXPECT_THAT(notify[0].email->to, ElementsAre("c@d.example", "e@f.example"));
  EXPECT_TRUE(notify[0].email->starttls);
  EXPECT_EQ(notify[0].body, "{text}");
  ASSERT_TRUE(notify[1].mqtt);
  EXPECT_EQ(core::way_of(notify[1]), "mqtt");
  EXPECT_EQ(notify[1].mqtt->qos, 2);
  EXPECT_TRUE(notify[1].mqtt->retain);
  EXPECT_FALSE(notify[2].email->starttls);
}

TEST(NotifySection, PointsAtEveryMistake) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"notify: [{id: a}]", ":1:10", "one of 'webhook', 'email', 'mqtt' and 'command'"},
      {"notify: [{id: a, command: /bin/true, webhook: {url: 'http://a/'}}]", ":1:10",
       "one of 'webhook', 'email', 'mqtt' and 'command'"},
      {"notify: [{id: a, webhook: {}}]", ":1:18", "'url' is missing"},
      {"notify: [{id: a, webhook: {url: 'ftp://a/'}}]", ":1:33", "http:// or https://"},
      {"notify: [{id: a, webhook: {url: 'http://a/', headers: 'X'}}]", ":1:55", "'Name: value'"},
      {"notify: [{id: a, webhook: {url: 'http://a/', headers: \"X: a\\nY: b\"}}]", ":1:55", "'Name: value'"},
      {"notify: [{id: a, command: horn}]", ":1:27", "its whole path"},
      {"notify: [{id: a, command: /bin/true, body: x}]", ":1:38", "'body' is of"},
      {"notify: [{id: a, email: {server: 'http://a', from: a@b, to: c@d}}]", ":1:34", "smtp://HOST:PORT"},
      {"notify: [{id: a, email: {server: 'smtp://u:p@a', from: a@b, to: c@d}}]", ":1:34", "smtp://HOST:PORT"},
      {"notify: [{id: a, email: {server: 'smtp://a', from: \"a@b\\r\\nX: y\", to: c@d}}]", ":1:52", "name@example.org"},
      {"notify: [{id: a, email: {server: 'smtp://a', from: a@b, to: [c@d, 'e, f@g']}}]", ":1:61", "name@example.org"},
      {"notify: [{id: a, email: {server: 'smtp://a', from: a@b, to: c@d, user: x, password: y}}]", ":1:85",
       "'!secret NAME'"},
      {"notify: [{id: a, email: {server: 'smtp://a', from: a@b, to: c@d, user: x, starttls: false}}]", ":1:72",
       "a login without TLS"},
      {"notify: [{id: a, mqtt: {url: 'mqtt://a', topic: 'a/#'}}]", ":1:49", "without + and #"},
      {"notify: [{id: a, mqtt: {url: 'mqtt://a', topic: a, user: x}}]", ":1:58", "a login without TLS"},
      {"notify: [{id: a, mqtt: {url: 'mqtt://127.evil.example', topic: a, user: x}}]", ":1:73", "a login without TLS"},
      {"notify: [{id: a, mqtt: {url: 'mqtt://localhost.evil.example', topic: a, user: x}}]", ":1:79",
       "a login without TLS"},
      {"notify: [{id: a, mqtt: {url: 'mqtt://a', topic: a, qos: 3}}]", ":1:57", ""},
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
