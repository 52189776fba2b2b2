#include "daemon/cli/validation_text.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace telltale::cli {
namespace {

using validator::CaseResult;
using validator::Report;
using validator::Status;

Report report() {
  return {"thermo",
          "1.0.0",
          {{{"entry.abi", "It is of this ABI.", "Rebuild it."}, Status::kPassed, "", std::chrono::milliseconds(3)},
           {{"poll.returns", "Polls return.", "Limit every wait."}, Status::kTimedOut, "in poll\x1b[31m", {}},
           {{"sink.answers", "It answers.", "Answer."}, Status::kSkipped, "no sink/1", {}}}};
}

TEST(ValidationText, IsALinePerCaseAndMoreForBadOnes) {
  const Report all = report();
  EXPECT_EQ(case_text(all.cases[0]), "✓ entry.abi: It is of this ABI.\n");
  EXPECT_EQ(case_text(all.cases[1]),
            "✗ poll.returns: Polls return. [timed out]\n    in poll\\x1b[31m\n    To mend it: Limit every wait.\n");
  EXPECT_EQ(case_text(all.cases[2]), "– sink.answers: It answers. [skipped]\n    no sink/1\n");
  EXPECT_EQ(summary_text(all), "thermo 1.0.0: 3 cases: 1 passed, 1 skipped, 1 timed out");
  EXPECT_FALSE(all.good());
}

TEST(ValidationText, JsonHasTheWordsOfTheTable) {
  const auto value = report_json("thermo.so", report());
  EXPECT_EQ(value.at("file").as_string(), "thermo.so");
  EXPECT_EQ(value.at("timed_out").to_number<int>(), 1);
  EXPECT_EQ(value.at("failed").to_number<int>(), 0);
  const auto& first = value.at("cases").as_array()[0];
  EXPECT_EQ(
      boost::json::serialize(first),
      R"({"id":"entry.abi","status":"passed","sentence":"It is of this ABI.","detail":"","mend":"Rebuild it.","ms":3})");
}

}  // namespace
}  // namespace telltale::cli
