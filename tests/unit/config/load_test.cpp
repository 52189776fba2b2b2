#include "daemon/config/load.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <telltale/plugin.h>

#include "tests/support/fake_catalog.h"

namespace telltale::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Outcome load_text(std::string text) {
  test::FakeCatalog plugins;
  return load({"telltale.yaml", std::move(text)}, SecretSources{}, plugins);
}

TEST(Load, FillsInEveryDefault) {
  for (const std::string text : {"", "# nothing\n", "---\n", "server:\nstorage: {}\ninputs: []\n"}) {
    const auto outcome = load_text(text);
    ASSERT_TRUE(outcome.config) << outcome.report;
    EXPECT_EQ(outcome.report, "");
    const Config& config = *outcome.config;
    EXPECT_EQ(config.device, Device{});
    EXPECT_EQ(config.server.listen.text(), "0.0.0.0:8080");
    EXPECT_EQ(config.server.view, View::kLogin);
    EXPECT_EQ(config.server.write, WriteAccess::kLoopback);
    EXPECT_EQ(config.storage.budget, 2'000'000'000U);
    EXPECT_EQ(config.storage.commit, 10s);
    EXPECT_EQ(config.storage.raw, 30 * 24h);
    EXPECT_EQ(config.windows, (std::vector<core::Duration>{10s, 1min, 15min, 1h, 24h}));
    EXPECT_TRUE(config.inputs.empty());
  }
}

TEST(Load, ReadsWhatIsWritten) {
  const auto outcome = load_text(R"(
device: {name: press-7, site: hall-2}
server: {listen: "[::1]:0", view: public, write: lan, tls: off}
storage: {budget: 512MB, commit: 1s, raw: 7d}
windows: 5m
counters: [{series: "meter.*", rollover: 65536, dip: 0.5}, {series: pulses}]
inputs:
  - id: broker
    plugin: mqtt
    isolation: none
    options:
      url: mqtt://127.0.0.1:1883
      subscribe: {topic: "a/#", value: $.value}
  - {id: host_2, plugin: linux}
  - id: fenced
    plugin: linux
    writable: true
    limits: {memory: 64MB, processes: 8}
    allow: {read: /srv/data, write: [/srv/out, /srv/log], network: true, local_sockets: yes}
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  const Config& config = *outcome.config;
  EXPECT_EQ(config.device.name, "press-7");
  EXPECT_EQ(config.server.listen.text(), "[::1]:0");
  EXPECT_TRUE(config.server.listen.is_loopback());
  EXPECT_EQ(config.server.view, View::kPublic);
  EXPECT_EQ(config.server.write, WriteAccess::kLan);
  EXPECT_EQ(config.storage.budget, 512'000'000U);
  EXPECT_EQ(config.windows, std::vector<core::Duration>{5min});
  EXPECT_EQ(config.counters, (std::vector<Counter>{{"meter.*", {65'536, 0.5}}, {"pulses", {}}}));
  ASSERT_EQ(config.inputs.size(), 3U);
  const core::InputConfig& fenced = config.inputs[2].config;
  EXPECT_TRUE(fenced.writable);
  EXPECT_EQ(fenced.limits, (core::InputLimits{64'000'000, 256, 8}));
  EXPECT_EQ(fenced.grants.read, std::vector<std::string>{"/srv/data"});
  EXPECT_EQ(fenced.grants.write, (std::vector<std::string>{"/srv/out", "/srv/log"}));
  EXPECT_EQ(fenced.grants.needs, TELLTALE_NEEDS_NETWORK | TELLTALE_NEEDS_LOCAL_SOCKETS);
  EXPECT_EQ(config.inputs[1].config.limits, core::InputLimits{});
  EXPECT_EQ(config.inputs[1].config.grants, core::InputGrants{});
  EXPECT_FALSE(config.inputs[0].config.isolated);
  EXPECT_EQ(config.inputs[0].mark.line, 8);
  EXPECT_EQ(config.inputs[0].mark.column, 5);
  const core::OptionTree tree(config.inputs[0].config.options);
  ASSERT_EQ(tree.root().child_count, 5U);
  EXPECT_EQ(tree.root().children[3].integer, 1);       // qos, by default
  EXPECT_EQ(tree.root().children[4].child_count, 1U);  // one section is a list of one
  EXPECT_TRUE(config.inputs[1].config.isolated);
  EXPECT_EQ(config.inputs[1].config.options.children.at(0).integer, 1'000'000'000);
}

TEST(Load, ComparesInputsForAReload) {
  const auto one = load_text("inputs:\n  - {id: a, plugin: linux, options: {every: 1s}}\n");
  const auto moved = load_text("# comment\n\ninputs: [{plugin: linux, id: a}]\n");
  const auto changed = load_text("inputs: [{plugin: linux, id: a, options: {every: 2s}}]\n");
  ASSERT_TRUE(one.config && moved.config && changed.config);
  EXPECT_EQ(one.config->inputs[0].config, moved.config->inputs[0].config);  // 1s is the default
  EXPECT_NE(one.config->inputs[0].config, changed.config->inputs[0].config);
}

TEST(Load, ShowsLineCaretAndNearestWord) {
  const auto outcome = load_text(
      "inputs:\n"
      "  - id: broker\n"
      "    plugin: mqtt\n"
      "    options:\n"
      "      url: mqtt://h\n"
      "      größe: 1\n"
      "      subcribe: [{topic: a}]\n");
  EXPECT_FALSE(outcome.config);
  EXPECT_EQ(outcome.report,
            "telltale.yaml:4:5: error: 'subscribe' is missing (Help of it.)\n"
            "      options:\n"
            "      ^\n"
            "telltale.yaml:6:7: error: unknown key 'größe'; known here: url, user, password, qos, subscribe\n"
            "        größe: 1\n"
            "        ^\n"
            "telltale.yaml:7:7: error: unknown key 'subcribe'; did you mean 'subscribe'?\n"
            "        subcribe: [{topic: a}]\n"
            "        ^\n");
}

// One mistake each; where it is and what is said.
struct Mistake {
  std::string text;
  std::string place;
  std::string message;
};

void expect_mistakes(const std::vector<Mistake>& mistakes) {
  for (const auto& mistake : mistakes) {
    const auto outcome = load_text(mistake.text);
    EXPECT_FALSE(outcome.config) << mistake.text;
    EXPECT_TRUE(outcome.diagnostics.has_errors()) << mistake.text;
    EXPECT_THAT(outcome.report, HasSubstr("telltale.yaml" + mistake.place + ": error: ")) << mistake.text;
    EXPECT_THAT(outcome.report, HasSubstr(mistake.message)) << mistake.text;
  }
}

TEST(Load, NamesMistakesOfTheDaemonsSections) {
  expect_mistakes({
      {"inptus: []", ":1:1", "unknown key 'inptus'; did you mean 'inputs'?"},
      {"temperature: 1", ":1:1", "known here: device, server"},
      {"- a", ":1:1", "a configuration is keys with values"},
      {"word", ":1:1", "a configuration is keys with values"},
      {"server: 8080", ":1:9", "expected a section"},
      {"server: {listen: 8080}", ":1:18", "is not an address"},
      {"server: {listen: '0.0.0.0:70000'}", ":1:18", "is not an address"},
      {"server: {listen: 'host:80'}", ":1:18", "is not an address"},
      {"server: {listen: '::1:80'}", ":1:18", "is not an address"},
      {"server: {listen: '[127.0.0.1]:80'}", ":1:18", "is not an address"},
      {"server: {view: pubic}", ":1:16", "did you mean 'public'?"},
      {"server: {write: all}", ":1:17", "one of loopback, token, lan"},
      {"server: {tls: {cert: a}}", ":1:10", "'key' is missing"},
      {"server: {redirect: '0.0.0.0:80'}", ":1:20", "needs 'tls: auto'"},
      {"server: {tls: auto, redirect: 80}", ":1:31", "is not an address"},
      {"server: {names: [a.example, 'https://b.example']}", ":1:29", "is not a host name"},
      {"server: {names: [a b]}", ":1:18", "is not a host name"},
      {"server: {proxies: [10.0.0.0/8, 10.0.0.1/8]}", ":1:32", "range"},
      {"server: {proxies: localhost}", ":1:19", "is not an address"},
      {"server: {cors: ['*']}", ":1:17", "without a star"},
      {"server: {cors: ['https://Panel.example']}", ":1:17", "lower case"},
      {"server: {cors: ['https://panel.example/']}", ":1:17", "without path"},
      {"server: {cors: ['https://panel.example:443']}", ":1:17", "as browsers do"},
      {"server: {cors: ['https://panel.example:']}", ":1:17", "as browsers do"},
      {"server: {cors: [panel.example]}", ":1:17", "is not an origin"},
      {"server: {base_path: telltale}", ":1:21", "is like /telltale"},
      {"server: {base_path: /a//b}", ":1:21", "is like /telltale"},
      {"server: {base_path: /a/../b}", ":1:21", "is like /telltale"},
      {"server: {base_path: '/a b'}", ":1:21", "is like /telltale"},
      {"server: {base_path: /api/x}", ":1:21", "may not begin with /api"},
      {"server: {tls: {cert: a, kye: b}}", ":1:25", "did you mean 'key'?"},
      {"server: {tls: yes}", ":1:15", "must be off, auto or"},
      {"server: {tsl: off}", ":1:10", "did you mean 'tls'?"},
      {"storage: {budget: 1kB}", ":1:19", "must be from"},
      {"storage: {budget: lots}", ":1:19", "is not a size"},
      {"storage: {commit: 10}", ":1:19", "is not a duration"},
      {"storage: {commit: 2h}", ":1:19", "must be from 10ms to 1h"},
      {"storage: {raw: [1d]}", ":1:16", "not a list"},
      {"windows: [10s, 1m, 10s]", ":1:10", "10s is given twice"},
      {"windows: [10s, soon]", ":1:16", "is not a duration"},
      {"windows: {a: 1}", ":1:10", "list of durations"},
      {"counters: [{rollover: 5}]", ":1:12", "series"},
      {"counters: [{series: '{a'}]", ":1:21", "a"},
      {"counters: [{series: a@mean_1m}]", ":1:21", "without @"},
      {"counters: [{series: a, dip: -1}]", ":1:29", "must be"},
      {"windows: [100ms]", ":1:11", "must be from"},
      {"windows: [1s,2s,3s,4s,5s,6s,7s,8s,9s,10s,11s,12s,13s,14s,15s,16s,17s]", ":1:10", "at most 16"},
      {"device: {name: \"a\\tb\"}", ":1:16", "without control characters"},
  });
}

TEST(Load, NamesMistakesOfInputs) {
  const std::string good = "{id: a, plugin: linux}";
  std::string many = "inputs:\n";
  for (int i = 0; i < 257; ++i) many += "- {id: i" + std::to_string(i) + ", plugin: linux}\n";
  expect_mistakes({
      {"inputs: none", ":1:9", "must be a list of sections"},
      {"inputs: [linux]", ":1:10", "must be a section"},
      {"inputs: [{plugin: linux}]", ":1:10", "'id' is missing"},
      {"inputs: [{id: a}]", ":1:10", "'plugin' is missing"},
      {"inputs: [{id: a, plugin: ''}]", ":1:26", "'plugin' is empty"},
      {"inputs: [{id: A, plugin: linux}]", ":1:15", "small letters"},
      {"inputs: [{id: '', plugin: linux}]", ":1:15", "small letters"},
      {"inputs: [{id: -a, plugin: linux}]", ":1:15", "small letters"},
      {"inputs: [{id: a/b, plugin: linux}]", ":1:15", "small letters"},
      {"inputs: [{id: " + std::string(65, 'a') + ", plugin: linux}]", ":1:15", "small letters"},
      {"inputs: [{id: write, plugin: linux}]", ":1:15", "is taken"},
      {"inputs: [" + good + ", " + good + "]", ":1:39", "the input id 'a' is used twice; first in line 1"},
      {"inputs: [{id: a, plugin: linx}]", ":1:26", "there is no plugin 'linx'; did you mean 'linux'?"},
      {"inputs: [{id: a, plugin: opcua}]", ":1:26", "installed: linux, modbus, mqtt, simulator"},
      {"inputs: [{id: a, plugin: linux, isolation: thread}]", ":1:44", "one of process, none"},
      {"inputs: [{id: a, plugin: linux, limits: {memory: 1MB}}]", ":1:50", "'memory' must be from"},
      {"inputs: [{id: a, plugin: linux, allow: {read: srv}}]", ":1:47", "'srv' is no absolute path"},
      {"inputs: [{id: a, plugin: linux, allow: {networks: true}}]", ":1:41", "did you mean 'network'?"},
      {"inputs: [{id: a, plugin: linux, option: {}}]", ":1:33", "did you mean 'options'?"},
      {"inputs: [{id: a, plugin: linux, options: fast}]", ":1:42", "expected a section"},
      {"inputs: [{id: a, plugin: linux, options: {every: fast}}]", ":1:50", "is not a duration"},
      {"inputs: [{id: a, plugin: mqtt}]", ":1:26", "'url' is missing"},
      {"inputs:\n- id: a\n  plugin: mqtt\n  options:\n", ":4:3", "'url' is missing"},
      {many, ":258:3", "more than 256 inputs"},
  });
}

TEST(Load, ReadsHowTheServerIsReached) {
  const auto server = [](const std::string& text) { return load_text("server: {" + text + "}").config.value().server; };
  EXPECT_EQ(server("view: login").tls.mode, TlsMode::kOff);
  EXPECT_EQ(server("tls: auto").tls.mode, TlsMode::kAuto);
  const Server with_files = server("tls: {cert: a.crt, key: a.key}, redirect: '0.0.0.0:80'");
  EXPECT_EQ(with_files.tls.mode, TlsMode::kFiles);
  EXPECT_EQ(with_files.tls.cert, "a.crt");
  EXPECT_EQ(with_files.tls.key, "a.key");
  EXPECT_EQ(with_files.redirect->text(), "0.0.0.0:80");
  const Server proxied = server("names: [press-7.example.com], proxies: [127.0.0.1, 'fd00::/8'], base_path: /a/b/");
  EXPECT_EQ(proxied.names, (std::vector<std::string>{"press-7.example.com"}));
  const Server shared = server("cors: ['https://panel.example', 'http://10.0.0.5:3000', 'http://[fd00::5]:3000']");
  EXPECT_EQ(shared.cors.size(), 3U);
  EXPECT_EQ(proxied.proxies, (std::vector<std::string>{"127.0.0.1", "fd00::/8"}));
  EXPECT_EQ(proxied.base_path, "/a/b");
  EXPECT_THAT(load_text("server: {tls: {cert: /nowhere/a, key: b}}").report,
              HasSubstr("telltale.yaml:1:22: warning: there is no file '/nowhere/a'"));
}

TEST(Load, SaysWhyAPluginCannotBeUsed) {
  test::FakeCatalog plugins;
  plugins.add_broken("odd", "it has no telltale_plugin_entry");
  const auto outcome = load({"t", "inputs: [{id: a, plugin: odd}]"}, SecretSources{}, plugins);
  EXPECT_THAT(outcome.report, HasSubstr("t:1:26: error: the plugin 'odd' cannot be used: odd.so: it has no"));
}

TEST(Load, ReportsAllMistakesAtOnce) {
  const auto outcome = load_text(R"(devcie: {}
server: {listen: nowhere, view: all}
storage: {budget: 2XB}
inputs:
  - {id: A, plugin: linx}
  - {id: b, plugin: mqtt, options: {qos: 9}}
rules: [{name: x}]
)");
  EXPECT_FALSE(outcome.config);
  std::size_t errors = 0;
  for (const auto& item : outcome.diagnostics.items()) errors += item.severity == core::Diagnostic::Severity::kError;
  EXPECT_EQ(errors, 10U) << outcome.report;
}

TEST(Load, TakesSectionsThatAreEmpty) {
  EXPECT_EQ(load_text("derived: []\nrules:\nsinks: []\ndashboards: []\n").report, "");
}

TEST(Load, TellsOfAFileThatCannotBeRead) {
  test::FakeCatalog plugins;
  EXPECT_THAT(load_file("/nowhere/telltale.yaml", plugins).report,
              HasSubstr("/nowhere/telltale.yaml: error: open: No such file"));
  EXPECT_THAT(load_file("/", plugins).report, HasSubstr("is not a file"));
  EXPECT_FALSE(load_file("/", plugins).config);
}

// Every example is checked against the real plugins' tables by tests/integration/test_config.py.
TEST(Load, AcceptsTheDefaultAndPlainExamples) {
  const std::filesystem::path folder = std::filesystem::path(TELLTALE_SOURCE_DIR) / "config";
  std::vector<std::filesystem::path> files = {folder / "telltale.yaml"};
  for (const char* const name : {"modbus", "posted", "simulator"}) {
    files.push_back(folder / "examples" / (std::string(name) + ".yaml"));
  }
  test::FakeCatalog plugins;
  for (const auto& file : files) {
    const auto outcome = load_file(file, plugins);
    EXPECT_TRUE(outcome.config) << outcome.report;
    EXPECT_EQ(outcome.report, "") << file;
  }
  const auto outcome = load_file(files[0], plugins);
  ASSERT_TRUE(outcome.config);
  ASSERT_EQ(outcome.config->inputs.size(), 1U);
  EXPECT_EQ(outcome.config->inputs[0].config.plugin, "linux");
  // What the default file writes is what is there without it.
  const auto nothing = load_text("");
  EXPECT_EQ(outcome.config->server, nothing.config->server);
  EXPECT_EQ(outcome.config->storage, nothing.config->storage);
  EXPECT_EQ(outcome.config->windows, nothing.config->windows);
}

RC_GTEST_PROP(LoadProperty, AnyPiecesAreReadOrReported, ()) {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "inputs",        ":",   " ",  "\n",       "  ",      "- ",     "[", "]", "{",       "}", "id",
      "plugin: linux", "&a ", "*a", "!secret ", "$ENV{X}", "\"",     "'", "#", "|",       ">", "? ",
      "<<: ",          "ö",   "\t", "---",      "10s",     "server", "~", ",", "options", "%", "\\u0000"});
  std::string text;
  for (const auto& p : *rc::gen::container<std::vector<std::string>>(piece)) text += p;
  const auto outcome = load_text(text);
  RC_ASSERT(outcome.config.has_value() != outcome.diagnostics.has_errors());
  RC_ASSERT(outcome.config.has_value() || !outcome.report.empty());
}

}  // namespace
}  // namespace telltale::config
