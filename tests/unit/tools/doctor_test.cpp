#include "daemon/tools/doctor.h"

#include <map>

#include <gtest/gtest.h>

namespace telltale::test {
namespace {

using tools::DoctorView;
using tools::HistoryView;
using tools::Verdict;
using Level = Verdict::Level;

DoctorView well() {
  DoctorView view;
  view.daemon = tools::DaemonView{};
  view.daemon->health = "ok";
  view.daemon->bytes = 10;
  view.daemon->budget = 1000;
  view.daemon->inputs = {{"plc", "running", ""}};
  view.state_directory = "/var/lib/telltale";
  view.directory_exists = true;
  view.disk = tools::DiskView{32'000'000'000, 16'000'000'000, false, false};
  view.run_disk = tools::DiskView{500'000'000, 400'000'000, false, true};
  view.history.state = HistoryView::State::kSound;
  view.history.report = store::VerifyReport{};
  return view;
}

std::map<std::string, Verdict> judged(const DoctorView& view) {
  std::map<std::string, Verdict> out;
  for (Verdict& verdict : tools::judge(view)) out[verdict.id] = std::move(verdict);
  return out;
}

TEST(Doctor, FindsNothingOnADeviceThatIsWell) {
  for (const auto& [id, verdict] : judged(well())) {
    EXPECT_EQ(verdict.level, Level::kGood) << id << ": " << verdict.what;
    EXPECT_TRUE(verdict.mend.empty()) << id;
    EXPECT_FALSE(verdict.what.empty()) << id;
  }
}

TEST(Doctor, SaysOfEachFaultWhatItIsAndHowToMendIt) {
  struct Case {
    const char* id;
    Level level;
    void (*spoil)(DoctorView& view);
  };
  const Case cases[] = {
      {"daemon", Level::kBad, [](DoctorView& view) { view.daemon.reset(); }},
      {"daemon", Level::kBad, [](DoctorView& view) { view.daemon->health = "readings are not being stored"; }},
      {"disk.read_only", Level::kBad, [](DoctorView& view) { view.disk->read_only = true; }},
      {"disk.space", Level::kBad, [](DoctorView& view) { view.disk->free = 1'000'000; }},
      {"disk.space", Level::kWarning, [](DoctorView& view) { view.disk->free = 150'000'000; view.disk->size = 1'000'000'000; }},
      {"disk.space", Level::kBad, [](DoctorView& view) { view.disk->free = 300'000'000; }},
      {"disk.space", Level::kWarning, [](DoctorView& view) { view.disk->free = 1'500'000'000; }},
      {"disk.kind", Level::kWarning, [](DoctorView& view) { view.disk->in_memory = true; }},
      {"disk.journal", Level::kWarning, [](DoctorView& view) { view.run_disk->in_memory = false; }},
      {"disk.leftovers", Level::kWarning, [](DoctorView& view) { view.leftovers = {"/x/before-restore-1"}; }},
      {"disk", Level::kUnknown, [](DoctorView& view) { view.disk.reset(); }},
      {"disk", Level::kWarning, [](DoctorView& view) { view.directory_exists = false; }},
      {"storage.pages", Level::kBad,
       [](DoctorView& view) {
         view.history.state = HistoryView::State::kDamaged;
         view.history.report->findings.push_back({"segment 3: the block is corrupt", {}, {}});
       }},
      {"storage.pages", Level::kBad, [](DoctorView& view) { view.history = {HistoryView::State::kUnreadable, "EIO", {}}; }},
      {"storage.pages", Level::kUnknown, [](DoctorView& view) { view.history = {HistoryView::State::kNotLookedAt, "9 GB", {}}; }},
      {"storage.schema", Level::kBad, [](DoctorView& view) { view.history = {HistoryView::State::kNewer, "schema 9", {}}; }},
      {"storage.schema", Level::kBad, [](DoctorView& view) { view.history = {HistoryView::State::kForeign, "other", {}}; }},
      {"storage.commits", Level::kBad, [](DoctorView& view) { view.daemon->storage_error = "disk full"; }},
      {"storage.damaged", Level::kBad, [](DoctorView& view) { view.daemon->damaged = 3; }},
      {"storage.budget", Level::kWarning, [](DoctorView& view) { view.daemon->bytes = 960; }},
      {"storage.lost", Level::kWarning, [](DoctorView& view) { view.daemon->journal_lost = 7; }},
      {"input.plc", Level::kWarning, [](DoctorView& view) { view.daemon->inputs = {{"plc", "failed", "no answer"}}; }},
      {"clock", Level::kWarning, [](DoctorView& view) { view.daemon->synchronised = false; }},
  };
  for (const Case& item : cases) {
    DoctorView view = well();
    item.spoil(view);
    const auto verdicts = judged(view);
    const auto found = verdicts.find(item.id);
    ASSERT_NE(found, verdicts.end()) << item.id;
    EXPECT_EQ(found->second.level, item.level) << item.id << ": " << found->second.what;
    EXPECT_FALSE(found->second.what.empty());
    EXPECT_FALSE(found->second.mend.empty()) << item.id;
    for (const auto& [id, verdict] : verdicts) {
      if (id != item.id && id != "daemon") {
        EXPECT_EQ(verdict.level, Level::kGood) << item.id << " spoils " << id;
      }
    }
  }
}

}  // namespace
}  // namespace telltale::test
