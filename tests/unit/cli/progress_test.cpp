#include "daemon/cli/progress.h"

#include <gtest/gtest.h>

namespace telltale::cli {
namespace {

TEST(Progress, SaysHowFarItIs) {
  EXPECT_EQ(progress_line(-1, "copied 3 MB", 9), "copied 3 MB");
  EXPECT_EQ(progress_line(0, "x", 0), "────────────────────────   0 %  x");
  EXPECT_EQ(progress_line(0.5, "x", 60), "━━━━━━━━━━━━────────────  50 %  x  1:00 left");
  EXPECT_EQ(progress_line(1, "x", 60), "━━━━━━━━━━━━━━━━━━━━━━━━ 100 %  x");
  EXPECT_EQ(progress_line(7, "x", 60), "━━━━━━━━━━━━━━━━━━━━━━━━ 100 %  x");
  EXPECT_EQ(progress_line(0.5, "x", 1), "━━━━━━━━━━━━────────────  50 %  x")
      << "no guess before there is a ground for one";
}

}  // namespace
}  // namespace telltale::cli
