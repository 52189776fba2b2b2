#include "daemon/host/ring_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/host/temporary_directory.h"

namespace telltale::host {
namespace {

TEST(RingFiles, NeverLeaveTheirDirectory) {
  EXPECT_EQ(ring_file_name("plc", 3).value(), "plc.3.ring");
  EXPECT_EQ(ring_file_name("../a b", 1).value(), "%2E%2E%2Fa%20b.1.ring");
  EXPECT_EQ(ring_file_name("", 1).error().code, core::ErrorCode::kInvalid);
  EXPECT_EQ(ring_file_name(std::string(201, 'a'), 1).error().code, core::ErrorCode::kInvalid);
}

TEST(RingFiles, ReadTheirNamesBack) {
  EXPECT_TRUE(rc::check([](const std::string& id, std::uint64_t generation) {
    const auto name = ring_file_name(id, generation);
    if (!name) return;
    RC_ASSERT(name->find('/') == std::string::npos);
    const auto file = parse_ring_file_name(*name);
    RC_ASSERT(file.has_value());
    RC_ASSERT(file->input == id);
    RC_ASSERT(file->generation == generation);
  }));
}

TEST(RingFiles, PassOverOtherFiles) {
  for (const char* name : {"", ".ring", "plc.ring", "plc..ring", "plc.x.ring", "plc.1.ring~", "plc.1", ".1.ring",
                           "a%2.1.ring", "a%zz.1.ring", "plc.-1.ring", "plc.99999999999999999999.ring"}) {
    EXPECT_FALSE(parse_ring_file_name(name).has_value()) << name;
  }
}

TEST(RingFiles, AreListedByInputOldestFirst) {
  const test::TemporaryDirectory directory;
  for (const char* name : {"b.2.ring", "b.10.ring", "a.7.ring", "notes.txt"})
    std::ofstream(directory.file(name)) << "x";
  const auto files = list_rings(directory.path());
  ASSERT_TRUE(files.has_value());
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[0].input, "a");
  EXPECT_EQ((*files)[1].generation, 2U);
  EXPECT_EQ((*files)[2].generation, 10U);
  EXPECT_FALSE(list_rings(directory.file("none")).has_value());
}

}  // namespace
}  // namespace telltale::host
