// From a crash's notes to a backtrace with names; hostile notes and damaged files.
#include "daemon/host/crash_frames.h"

#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <link.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include "daemon/host/elf_symbols.h"
#include "daemon/host/path_refusal.h"
#include "tests/unit/host/temporary_directory.h"

extern "C" __attribute__((noinline)) int telltale_landmark(int value) { return value * 3 + 1; }

namespace telltale::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kLibrary = std::string(TELLTALE_BINARY_DIR) + "/tests/badplugins/well_behaved.so";

// Zeroed, as shared memory begins.
struct Notes {
  Notes() : area(ReportArea::create().value()), report(area->report()) {}
  std::shared_ptr<ReportArea> area;
  InstanceReport& report;
};

void put(std::array<char, kMaxModulePath>& into, const char* text) { std::strncpy(into.data(), text, into.size() - 1); }

TEST(CrashNotes, AreNoneUntilSomethingWasWritten) {
  const Notes notes;
  EXPECT_FALSE(read_crash(notes.report.crash).has_value());
}

TEST(CrashNotes, AreCheckedAndCut) {
  const Notes notes;
  CrashRecord& crash = notes.report.crash;
  std::memset(static_cast<void*>(&crash), 0xff, sizeof crash);
  auto read = read_crash(crash);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->signal, 0) << "-1 is no signal";
  EXPECT_EQ(read->frames.size(), kMaxFrames);
  for (const CrashFrame& frame : read->frames) EXPECT_EQ(frame.module, "");
  EXPECT_LE(read->message.size(), crash.message.size());
  std::memset(static_cast<void*>(&crash), 0, sizeof crash);
  crash.signal = SIGSEGV;
  crash.frame_count = 2;
  crash.module_count = 1;
  put(crash.modules[0], "/x/thermo\n.so");
  crash.frames[0] = {1, 0x1f32, 0, 0};
  crash.frames[1] = {0xabc, 0, kNoModule, 0};
  crash.state = 1;
  read = read_crash(crash);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->signal, SIGSEGV);
  EXPECT_THAT(plain_backtrace(read->frames), ElementsAre("thermo\\n.so+0x1f32", "0xabc"));
}

TEST(CrashNotes, NameSignals) {
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(63), "signal 63");
}

std::uint64_t load_address() {
  std::uint64_t base = 0;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        *static_cast<std::uint64_t*>(out) = info->dlpi_addr;
        return 1;  // the program comes first
      },
      &base);
  return base;
}

TEST(ElfSymbols, KnowsTheFunctionsOfThisProgram) {
  const auto symbols = ElfSymbols::read("/proc/self/exe");
  ASSERT_TRUE(symbols.has_value());
  const std::uint64_t address = reinterpret_cast<std::uint64_t>(&telltale_landmark) - load_address();
  if (symbols->function_at(address) == std::nullopt) GTEST_SKIP() << "this build is stripped";
  EXPECT_EQ(symbols->function_at(address), "telltale_landmark");
  EXPECT_EQ(symbols->function_at(address + 1), "telltale_landmark");
  EXPECT_NE(symbols->function_at(address - 1), "telltale_landmark");
  EXPECT_EQ(symbols->function_at(0), std::nullopt);
  EXPECT_EQ(symbols->function_at(UINT64_MAX), std::nullopt);
}

TEST(ElfSymbols, RefusesWhatIsNoLibrary) {
  const test::TemporaryDirectory directory;
  std::ofstream(directory.file("text")) << "no library at all, but longer than a header of one would be, twice as long";
  std::ofstream(directory.file("empty")).flush();
  ASSERT_EQ(::mkfifo(directory.file("pipe").c_str(), 0600), 0);
  for (const char* name : {"text", "empty", "pipe", "nothing", "."}) {
    EXPECT_TRUE(ElfSymbols::read(directory.file(name)).has_error()) << name;
  }
}

TEST(ElfSymbols, SurvivesDamagedFiles) {
  std::ifstream file(kLibrary, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(whole.size(), 4'096U);
  const test::TemporaryDirectory directory;
  EXPECT_TRUE(rc::check([&](std::uint32_t cut, const std::vector<std::pair<std::uint32_t, char>>& flips) {
    std::string damaged = whole.substr(0, whole.size() - cut % (whole.size() / 4));
    for (const auto& [place, value] : flips) {
      // The headers at both ends decide where everything is.
      const std::size_t at = place % 2 == 0 ? place % 1'024 : damaged.size() - 1 - place % 2'048;
      damaged[at] = value;
    }
    std::ofstream(directory.file("damaged"), std::ios::binary | std::ios::trunc) << damaged;
    const auto symbols = ElfSymbols::read(directory.file("damaged"));
    if (!symbols) return;
    for (const std::uint64_t offset : {0ULL, 0x1000ULL, 0x5000ULL, ~0ULL}) {
      static_cast<void>(symbols->function_at(symbols->address_of(offset)));
    }
  }));
}

TEST(NamedBacktrace, KeepsFramesOfFilesThatCannotBeRead) {
  EXPECT_THAT(named_backtrace({{"/nowhere/x.so", 0x10}, {"", 0xff}}), ElementsAre("x.so+0x10", "0xff"));
}

TEST(RefusedPaths, AreReadOnceInOrderAndCountedWhenTheyWereOverwritten) {
  const Notes notes;
  RefusedPaths& paths = notes.report.paths;
  RefusedPathReader reader;
  EXPECT_THAT(reader.read(paths).paths, IsEmpty());
  note_refused_path(paths, "openat", "/etc/shadow");
  note_refused_path(paths, "openat", "/root\n/x");
  auto news = reader.read(paths);
  ASSERT_EQ(news.paths.size(), 2U);
  EXPECT_EQ(news.paths[0].call, "openat");
  EXPECT_EQ(news.paths[0].path, "/etc/shadow");
  EXPECT_EQ(news.paths[1].path, "/root\\n/x");
  EXPECT_THAT(reader.read(paths).paths, IsEmpty());
  for (int i = 0; i < 100; ++i) note_refused_path(paths, "openat", "/" + std::to_string(i));
  news = reader.read(paths);
  EXPECT_EQ(news.paths.size(), kKeptRefusals);
  EXPECT_EQ(news.paths.back().path, "/99");
  EXPECT_EQ(news.unread, 100 - kKeptRefusals);
  note_refused_path(paths, std::string(500, 'c'), std::string(5'000, 'p'));
  news = reader.read(paths);
  ASSERT_EQ(news.paths.size(), 1U);
  EXPECT_LT(news.paths[0].path.size(), 256U);
}

TEST(RefusedPaths, MakeNoHarmOfNonsense) {
  const Notes notes;
  std::memset(static_cast<void*>(&notes.report.paths), 0xff, sizeof notes.report.paths);
  RefusedPathReader reader;
  const auto news = reader.read(notes.report.paths);
  EXPECT_LE(news.paths.size(), kKeptRefusals);
}

}  // namespace
}  // namespace telltale::host
