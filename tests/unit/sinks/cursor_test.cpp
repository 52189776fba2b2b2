#include "daemon/sinks/cursor.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace telltale::sinks {
namespace {

Cursor some_cursor() {
  Cursor cursor{5, -3, 9, {}, {}};
  cursor.owed.add({-10, 20});
  cursor.owed.add({5'000'000'000, 6'000'000'000});
  cursor.held.add({1, 2});
  return cursor;
}

TEST(Cursor, ComesBackAsItWas) {
  EXPECT_EQ(decode_cursor(encode_cursor(some_cursor())), some_cursor());
  EXPECT_EQ(decode_cursor(encode_cursor({})), Cursor{});
}

TEST(Cursor, IsNoneWhenItWasCutOrWrittenOver) {
  const std::string whole = encode_cursor(some_cursor());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_cursor(whole.substr(0, size))) << size;
  for (const char* line :
       {"owed 1", "owed 2 1", "owed 1 2 3", "owed x y", "owed 1 99999999999999999999", "what 1", ""}) {
    EXPECT_FALSE(decode_cursor("telltale-sink-cursor 1\n" + std::string(line) + "\nend\n")) << line;
  }
  EXPECT_FALSE(decode_cursor("telltale-sink-cursor 2\nend\n"));
}

TEST(CursorFiles, TakesTheNewerOfTheTwo) {
  const auto home = std::filesystem::temp_directory_path() / ("telltale-cursor-" + std::to_string(::getpid()));
  const CursorFiles files((home / "run").string(), (home / "state").string(), "central");
  EXPECT_FALSE(files.load());
  Cursor cursor = some_cursor();
  ASSERT_TRUE(files.save_for_good(cursor));
  cursor.saved = 8;
  ASSERT_TRUE(files.save(cursor));
  EXPECT_EQ(files.load(), cursor);
  // The machine was off: what is on tmpfs is gone.
  std::filesystem::remove(home / "run" / "central.cursor");
  EXPECT_EQ(files.load(), some_cursor());
  std::ofstream(home / "state" / "central.cursor") << "nonsense";
  EXPECT_FALSE(files.load());
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace telltale::sinks
