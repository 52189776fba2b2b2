#include "daemon/core/run_program.h"

#include <chrono>
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

ProgramRun shell(std::string script) {
  ProgramRun run;
  run.command = {"sh", "-c", std::move(script)};
  run.most_output = 1000;
  return run;
}

TEST(RunProgram, WhatItPrintsOnBothStreamsIsRead) {
  const auto ended = run_program(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output, "out\nerr\n");
  EXPECT_EQ(ended->code, 3);
  EXPECT_FALSE(ended->well());
  EXPECT_EQ(ended->text(), "ended with 3");
}

TEST(RunProgram, WhatItReadsAndPrintsIsMoreThanAPipeHolds) {
  ProgramRun run = shell("cat");
  run.input.assign(1'000'000, 'x');
  run.input += "the end";
  run.most_output = 100;
  const auto ended = run_program(run);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->well());
  EXPECT_EQ(ended->output.size(), 100U);
  EXPECT_TRUE(ended->output.ends_with("xthe end"));
}

TEST(RunProgram, OneThatReadsNothingMayEndWell) {
  ProgramRun run = shell("exec <&-; exit 0");
  run.input.assign(1'000'000, 'x');
  const auto ended = run_program(run);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->well()) << ended->text();
}

TEST(RunProgram, OneThatDoesNotEndIsKilledWithWhatItStarted) {
  ProgramRun run = shell("echo $$; sleep 600 & echo $!; wait");
  run.time = milliseconds(300);
  const auto begun = steady_clock::now();
  const auto ended = run_program(run);
  ASSERT_TRUE(ended);
  EXPECT_LT(steady_clock::now() - begun, std::chrono::seconds(60));
  EXPECT_TRUE(ended->late);
  EXPECT_EQ(ended->signal, SIGKILL);
  EXPECT_EQ(ended->text(), "did not end within its time");
  // What was started has no parent any more: it is gone when nobody can be asked for it.
  const auto second = ended->output.find('\n') + 1;
  const std::string child = ended->output.substr(second, ended->output.find('\n', second) - second);
  const auto gone = run_program(shell("while kill -0 " + child + " 2>/dev/null && ! grep -q '^State:.Z' /proc/" +
                                      child + "/status; do sleep 0.01; done"));
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->well()) << gone->text();
}

TEST(RunProgram, WhatItLeavesBehindWithItsStreamsOpenIsNotWaitedFor) {
  ProgramRun run = shell("sleep 5 & echo done");
  run.time = std::chrono::seconds(60);
  const auto begun = steady_clock::now();
  const auto ended = run_program(run);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->well());
  EXPECT_EQ(ended->output, "done\n");
  EXPECT_LT(steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(RunProgram, ASignalIsSaid) {
  const auto ended = run_program(shell("kill -9 $$"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->text(), "was killed by signal 9");
  EXPECT_EQ(ended->code, -1);
}

TEST(RunProgram, VariablesAreAdded) {
  ProgramRun run = shell("echo $TELLTALE_RULE-$HOME");
  run.variables = {"TELLTALE_RULE=too hot"};
  const auto ended = run_program(run);
  ASSERT_TRUE(ended);
  EXPECT_THAT(ended->output, HasSubstr("too hot-"));
}

TEST(RunProgram, NoSuchProgramIsNotFound) {
  ProgramRun run;
  run.command = {"no-such-program-here"};
  const auto ended = run_program(run);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(ended.error().text(), HasSubstr("no-such-program-here"));
}

}  // namespace
}  // namespace telltale::core
