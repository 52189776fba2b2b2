// Every plugin that this tree builds, as its shared library: what it says of itself is well formed.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/poll.h>
#include <telltale/ext/sink.h>
#include <telltale/ext/stream.h>
#include <telltale/plugin.h>

#include "tests/support/option_tree.h"

namespace telltale::test {
namespace {

std::vector<std::filesystem::path> built_plugins() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::string(TELLTALE_BINARY_DIR) + "/lib/telltale/plugins";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void expect_well_formed(std::span<const telltale_option> table, const std::string& path) {
  std::set<std::string_view> names;
  for (const telltale_option& option : table) {
    const std::string where = path + std::string(to_view(option.name));
    EXPECT_THAT(std::string(to_view(option.name)), testing::MatchesRegex("[a-z][a-z0-9_]*")) << where;
    EXPECT_TRUE(names.insert(to_view(option.name)).second) << where << " twice";
    const std::string_view help = to_view(option.help);
    EXPECT_TRUE(help.size() > 5 && help.ends_with('.')) << where << ": help is a sentence";
    EXPECT_TRUE(option.type >= TELLTALE_OPTION_BOOL && option.type <= TELLTALE_OPTION_SECTION) << where;
    const bool section = option.type == TELLTALE_OPTION_SECTION;
    EXPECT_EQ(section, option.child_count != 0) << where << ": a section, and only it, has options inside";
    const bool required = (option.flags & TELLTALE_OPTION_REQUIRED) != 0;
    EXPECT_FALSE(required && option.default_text.size != 0) << where << ": required, and has a default";
    EXPECT_FALSE(option.choice_count != 0 && option.type != TELLTALE_OPTION_TEXT) << where << ": choices are texts";
    if (!required && (!section || option.default_text.size != 0)) {
      EXPECT_NO_THROW(OptionTree({&option, 1})) << where << ": its own default is refused";
    }
    if (section) expect_well_formed({option.children, option.child_count}, where + ".");
  }
}

std::uint32_t needs_of(std::string_view plugin) {
  static const std::map<std::string_view, std::uint32_t> kNeeds = {
      {"influx", TELLTALE_NEEDS_NETWORK},     {"modbus", TELLTALE_NEEDS_NETWORK | TELLTALE_NEEDS_DEVICES},
      {"mqtt", TELLTALE_NEEDS_NETWORK},       {"mqtt-out", TELLTALE_NEEDS_NETWORK},
      {"prometheus", TELLTALE_NEEDS_NETWORK}, {"serial", TELLTALE_NEEDS_DEVICES}};
  const auto found = kNeeds.find(plugin);
  return found == kNeeds.end() ? 0U : found->second;
}

TEST(PluginLibraries, AreWhatTheBuildMade) {
  std::vector<std::string> names;
  for (const auto& file : built_plugins()) names.push_back(file.stem().string());
  EXPECT_THAT(names, testing::IsSupersetOf({"linux", "simulator"}));
}

TEST(PluginLibraries, DescribeThemselves) {
  for (const auto& file : built_plugins()) {
    const std::string name = file.stem().string();
    const std::unique_ptr<void, int (*)(void*)> library(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL), ::dlclose);
    ASSERT_TRUE(library) << ::dlerror();
    const auto entry = reinterpret_cast<telltale_plugin_entry_fn>(::dlsym(library.get(), TELLTALE_ENTRY_SYMBOL));
    ASSERT_TRUE(entry != nullptr) << name;
    EXPECT_EQ(entry(TELLTALE_ABI_MAJOR + 1), nullptr) << name << ": works with a host of another major";
    const telltale_plugin* plugin = entry(TELLTALE_ABI_MAJOR);
    ASSERT_TRUE(plugin != nullptr) << name;
    EXPECT_EQ(plugin->abi_major, TELLTALE_ABI_MAJOR) << name;
    EXPECT_EQ(to_view(plugin->name), name) << "the file is called as the plugin";
    EXPECT_THAT(std::string(to_view(plugin->version)), testing::MatchesRegex("[0-9]+[.][0-9]+[.][0-9]+")) << name;
    EXPECT_TRUE(to_view(plugin->summary).ends_with('.')) << name;
    EXPECT_EQ(plugin->needs, needs_of(name)) << name;
    const bool polls = plugin->get_interface(TELLTALE_POLL_1) != nullptr;
    const bool streams = plugin->get_interface(TELLTALE_STREAM_1) != nullptr;
    const bool sends = plugin->get_interface(TELLTALE_SINK_1) != nullptr;
    EXPECT_EQ(int{polls} + int{streams} + int{sends}, 1) << name << ": one way to run";
    EXPECT_EQ(plugin->get_interface("telltale.nothing/9"), nullptr) << name;
    expect_well_formed({plugin->options, plugin->option_count}, name + ": ");
  }
}

}  // namespace
}  // namespace telltale::test
