#include "daemon/host/loader.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/host/temporary_directory.h"

namespace telltale::host {
namespace {

using testing::HasSubstr;

std::string bad(const std::string& name) {
  return std::string(TELLTALE_BINARY_DIR) + "/tests/badplugins/" + name + ".so";
}

TEST(Loader, TakesAPluginAndItsDescription) {
  const auto plugin = LoadedPlugin::load(bad("well_behaved"));
  ASSERT_TRUE(plugin.has_value()) << plugin.error().text();
  EXPECT_EQ(plugin->description().name, "well_behaved");
  EXPECT_EQ(plugin->description().version, "1.2.3");
  EXPECT_EQ(plugin->description().interfaces, std::vector<std::string>{TELLTALE_POLL_1});
  EXPECT_EQ(plugin->description().options.size(), 3U);
  EXPECT_NE(plugin->poll(), nullptr);
  EXPECT_EQ(plugin->stream(), nullptr);
}

struct Row {
  const char* plugin;
  const char* says;
};

TEST(Loader, NamesTheCauseAndTheMend) {
  const Row table[] = {
      {"no_entry", "has no symbol telltale_plugin_entry"},
      {"wrong_abi", "was built for ABI 2, this host speaks ABI 1; rebuild it"},
      {"refuses_host", "was built for ABI 3, this host speaks ABI 1; rebuild it"},
      {"refuses_every_host", "refuses this host's ABI 1"},
      {"no_interface", "offers neither telltale.poll/1 nor telltale.stream/1"},
      {"no_options", "a count of options, but no options"},
      {"bad_name", "its name is not like"},
      {"endless_name", "its name is not like"},
      {"no_create", "create, destroy or get_interface is missing"},
      {"missing_symbol", "telltale_function_that_nobody_has"},
  };
  for (const Row& row : table) {
    const auto plugin = LoadedPlugin::load(bad(row.plugin));
    ASSERT_FALSE(plugin.has_value()) << row.plugin;
    EXPECT_THAT(plugin.error().message, HasSubstr(row.says));
    EXPECT_EQ(plugin.error().context.substr(0, bad(row.plugin).size()), bad(row.plugin));
  }
}

TEST(Loader, RefusesFilesThatAreNoLibrariesOfThisMachine) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("x.so");
  EXPECT_EQ(LoadedPlugin::load(file).error().code, core::ErrorCode::kNotFound);
  std::ofstream(file) << "#!/bin/sh\necho no library\n" << std::string(100, ' ');
  EXPECT_THAT(LoadedPlugin::load(file).error().message, HasSubstr("is not a shared library"));
  std::ofstream(file) << "";
  EXPECT_THAT(LoadedPlugin::load(file).error().message, HasSubstr("is not a shared library"));
  std::filesystem::copy_file(std::filesystem::read_symlink("/proc/self/exe"), file,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(LoadedPlugin::load(file).has_value()) << "a program is no plugin";
  std::filesystem::copy_file(bad("well_behaved"), file, std::filesystem::copy_options::overwrite_existing);
  {
    std::fstream elf(file, std::ios::in | std::ios::out | std::ios::binary);
    elf.seekp(18).write("\x08\x00", 2);  // e_machine: MIPS
  }
  EXPECT_THAT(LoadedPlugin::load(file).error().message, HasSubstr("was built for machine 8, this machine is"));
  std::filesystem::copy_file(bad("well_behaved"), file, std::filesystem::copy_options::overwrite_existing);
  for (const std::uintmax_t size : {5'000, 64, 63}) {
    std::filesystem::resize_file(file, size);
    EXPECT_THAT(LoadedPlugin::load(file).error().message, HasSubstr("cut off")) << size;
  }
}

}  // namespace
}  // namespace telltale::host
