#include "daemon/core/log.h"

#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::core {
namespace {

std::string written(LogLevel level, LogFormat format, const std::function<void(const Logger&)>& work) {
  testing::internal::CaptureStderr();
  work(Logger(make_stderr_sink(level, format), "host"));
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesJournaldPriorities) {
  const auto text = written(LogLevel::kDebug, LogFormat::kJournal, [](const Logger& log) {
    log.error("e {}", 1);
    log.warning("w");
    log.notice("n");
    log.info("i {{}}");
    log.with("store").debug("d");
  });
  EXPECT_EQ(text, "<3>host: e 1\n<4>host: w\n<5>host: n\n<6>host: i {}\n<7>store: d\n");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  const auto text = written(LogLevel::kWarning, LogFormat::kJournal, [](const Logger& log) {
    log.notice("n");
    log.info("i");
    log.write(LogLevel::kDebug, "d");
    log.warning("w");
  });
  EXPECT_EQ(text, "<4>host: w\n");
}

TEST(Log, NeverLetsATextForgeALine) {
  const auto text = written(LogLevel::kInfo, LogFormat::kJournal, [](const Logger& log) {
    log.info("{}", "a\n<0>kernel: b\r\x1b[31m\xff\xe2\x80\xa8\xe2\x80\xae\xc2\x85 \\ ö %v {}");
  });
  EXPECT_EQ(text, "<6>host: a\\n<0>kernel: b\\r\\x1b[31m\\xff\\u2028\\u202e\\x85 \\ ö %v {}\n");
}

TEST(Log, CutsALongTextAtACharacter) {
  const auto text = written(LogLevel::kInfo, LogFormat::kJournal, [](const Logger& log) {
    log.info(
        "x{}", std::string(5'000, ' ') + [] {
          std::string many;
          for (int i = 0; i < 5'000; ++i) many += "ö";
          return many;
        }());
  });
  EXPECT_LT(text.size(), 8'300U);
  EXPECT_THAT(text, testing::EndsWith("ö…\n"));
}

TEST(Log, WritesOneJsonObjectPerLine) {
  const auto text =
      written(LogLevel::kInfo, LogFormat::kJson, [](const Logger& log) { log.notice("say \"{}\"\n\x01\xff", "hi"); });
  ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  const auto json = boost::json::parse(text);
  EXPECT_EQ(json.at("level").as_string(), "notice");
  EXPECT_EQ(json.at("part").as_string(), "host");
  EXPECT_EQ(json.at("message").as_string(), "say \"hi\"\n\x01\xef\xbf\xbd");
  EXPECT_EQ(json.at("time").as_string().size(), std::string("2026-03-01T12:00:00.123Z").size());
}

TEST(Log, KeepsLinesWholeFromManyThreads) {
  const auto text = written(LogLevel::kInfo, LogFormat::kJournal, [](const Logger& log) {
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 100; ++i) log.info("{}", std::string(100, static_cast<char>('a' + t)));
      });
    }
    for (auto& thread : threads) thread.join();
  });
  std::size_t lines = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    ASSERT_EQ(line.size(), 109U);
    EXPECT_EQ(line.substr(9), std::string(100, line.back()));
    rest.remove_prefix(line.size() + 1);
    ++lines;
  }
  EXPECT_EQ(lines, 400U);
}

TEST(Log, ReadsLevelNames) {
  for (const auto level :
       {LogLevel::kError, LogLevel::kWarning, LogLevel::kNotice, LogLevel::kInfo, LogLevel::kDebug}) {
    EXPECT_EQ(log_level_from(to_text(level)), level);
  }
  EXPECT_EQ(log_level_from("loud"), std::nullopt);
  const Logger silent(make_null_sink(), "x");
  silent.error("nobody hears {}", 1);
}

TEST(Utf8, TakesOnlyWellFormedCharacters) {
  for (const std::string good : {"a", "ö", "€", "𝄞", "\xf4\x8f\xbf\xbf"}) {
    std::string_view rest = good;
    EXPECT_TRUE(take_utf8(rest)) << good;
    EXPECT_TRUE(rest.empty());
  }
  for (const std::string bad : {"", "\x80", "\xc1\xbf", "\xc3", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80",
                                "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
    std::string_view rest = bad;
    EXPECT_FALSE(take_utf8(rest));
    EXPECT_EQ(rest.size(), bad.size());
  }
  EXPECT_EQ(count_utf8("aö€𝄞\xff"), 5U);
  EXPECT_EQ(cut_utf8("aö", 2), "a");
  EXPECT_EQ(cut_utf8("aö", 3), "aö");
  EXPECT_EQ(cut_utf8("€", 2), "");
}

}  // namespace
}  // namespace telltale::core
