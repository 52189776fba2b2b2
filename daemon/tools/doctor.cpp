#include "daemon/tools/doctor.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "daemon/core/units.h"
#include "daemon/store/files.h"

namespace telltale::tools {

namespace {

using Level = Verdict::Level;

constexpr std::uint64_t kMega = 1'000'000;

std::optional<DiskView> look_at_disk(const std::string& directory) {
  struct statvfs status {};
  struct statfs kind {};
  if (::statvfs(directory.c_str(), &status) != 0 || ::statfs(directory.c_str(), &kind) != 0) return std::nullopt;
  DiskView view;
  view.size = std::uint64_t{status.f_blocks} * status.f_frsize;
  view.free = std::uint64_t{status.f_bavail} * status.f_frsize;
  view.read_only = (status.f_flag & ST_RDONLY) != 0;
  const auto type = static_cast<std::uint32_t>(kind.f_type);  // of as many bits as a long has, signed or not
  view.in_memory = type == TMPFS_MAGIC || type == RAMFS_MAGIC;
  return view;
}

HistoryView look_at_history(const std::string& path, std::uint64_t most_bytes) {
  HistoryView view;
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(path, failed);
  if (failed) return view;
  if (bytes > most_bytes) {
    view.state = HistoryView::State::kNotLookedAt;
    view.detail = fmt::format("{} MB", bytes / kMega);
    return view;
  }
  auto report = store::verify_file(path);
  if (report) {
    view.state = report->findings.empty() ? HistoryView::State::kSound : HistoryView::State::kDamaged;
    view.report = std::move(*report);
    return view;
  }
  view.detail = report.error().text();
  view.state = HistoryView::State::kUnreadable;
  if (report.error().code == core::ErrorCode::kConflict) view.state = HistoryView::State::kNewer;
  if (report.error().code == core::ErrorCode::kInvalid) view.state = HistoryView::State::kForeign;
  return view;
}

class Doctor {
 public:
  explicit Doctor(const DoctorView& view) : view_(view) {}

  std::vector<Verdict> run() {
    daemon();
    disk();
    history();
    if (view_.daemon) {
      storage(*view_.daemon);
      inputs(*view_.daemon);
      for (const DaemonView::Sink& one : view_.daemon->sinks) sink(one);
    }
    clock();
    machine();
    return std::move(verdicts_);
  }

 private:
  void say(Level level, std::string id, std::string what, std::string mend = {}) {
    verdicts_.push_back({level, std::move(id), std::move(what), std::move(mend)});
  }

  void daemon() {
    if (!view_.daemon) {
      return say(Level::kBad, "daemon", "no daemon answers: " + view_.no_daemon,
                 "systemctl start telltaled; `journalctl -u telltaled` says why it ended");
    }
    if (view_.daemon->health != "ok") {
      return say(Level::kBad, "daemon", view_.daemon->health, "see the other lines, and `journalctl -u telltaled`");
    }
    say(Level::kGood, "daemon", "it runs and keeps what it is given");
  }

  void disk() {
    if (!view_.directory_exists) {
      return say(Level::kWarning, "disk", "there is no state directory " + view_.state_directory,
                 "the daemon makes it at its first start; --state names another");
    }
    if (!view_.disk) {
      return say(Level::kUnknown, "disk", view_.state_directory + " cannot be looked at", "run this with sudo");
    }
    const DiskView& disk = *view_.disk;
    if (disk.read_only) {
      say(Level::kBad, "disk.read_only",
          "the file system of " + view_.state_directory + " is read-only: only live values",
          "an SD card does that when it fails: `dmesg | grep -i error`, back up, replace it; else mount -o remount,rw");
    } else {
      say(Level::kGood, "disk.read_only", "the file system can be written");
    }
    space(disk);
    if (disk.in_memory) {
      say(Level::kWarning, "disk.kind", view_.state_directory + " lies in memory: the history is gone with the power",
          "name a directory on a disk with --state");
    }
    if (view_.run_disk && !view_.run_disk->in_memory) {
      say(Level::kWarning, "disk.journal", "the run directory lies on a disk: every reading is written to it twice",
          "name one on tmpfs with --run, such as /run/telltale");
    }
    if (!view_.leftovers.empty()) {
      say(Level::kWarning, "disk.leftovers",
          fmt::format("{} of {} from restores or updates, beyond the budget",
                      view_.leftovers.size() == 1 ? "a copy" : "copies", view_.state_directory),
          "when all is well: rm -r " + view_.leftovers.front());
    }
  }

  void space(const DiskView& disk) {
    const std::string what = fmt::format("{} MB of {} MB are free", disk.free / kMega, disk.size / kMega);
    const std::string mend = "free some, or set a smaller storage.budget: history then gives way by itself";
    if (disk.free < 32 * kMega || disk.free < disk.size / 100) return say(Level::kBad, "disk.space", what, mend);
    if (disk.free < 200 * kMega || disk.free < disk.size / 20) return say(Level::kWarning, "disk.space", what, mend);
    say(Level::kGood, "disk.space", what);
  }

  void history() {
    const std::string path = store::database_path(view_.state_directory);
    const std::string mend = "telltale backup --from " + view_.state_directory +
                             " saved.backup, systemctl stop telltaled, telltale restore saved.backup: keeps all that "
                             "can be read";
    switch (view_.history.state) {
      case HistoryView::State::kNone:
        return say(Level::kUnknown, "storage.pages", "there is no " + path + " to look at");
      case HistoryView::State::kSound:
        return say(Level::kGood, "storage.pages",
                   fmt::format("{} readings, each block read to its end", view_.history.report->readings));
      case HistoryView::State::kDamaged: {
        const auto& report = *view_.history.report;
        return say(Level::kBad, "storage.pages",
                   fmt::format("{} damaged parts, the first: {}; `telltale verify` tells all",
                               report.findings.size() + report.more_findings, report.findings.front().what),
                   mend);
      }
      case HistoryView::State::kNewer:
        return say(Level::kBad, "storage.schema", view_.history.detail,
                   "install the newer version again, or move the file away: then a new history begins");
      case HistoryView::State::kForeign:
        return say(Level::kBad, "storage.schema", view_.history.detail,
                   "move " + path + " away: then a new history begins");
      case HistoryView::State::kUnreadable:
        return say(
            Level::kBad, "storage.pages", view_.history.detail,
            "as root? else: restore a backup (telltale restore), or move the file away: then a new history begins");
      case HistoryView::State::kNotLookedAt:
        return say(Level::kUnknown, "storage.pages", "not read to its end: " + view_.history.detail,
                   "telltale doctor --deep, or telltale verify");
    }
  }

  void storage(const DaemonView& daemon) {
    if (!daemon.storage_error.empty()) {
      say(Level::kBad, "storage.commits", "readings are not being stored: " + daemon.storage_error,
          "see disk.space and disk.read_only; the daemon tries again by itself");
    } else {
      say(Level::kGood, "storage.commits", "readings are stored");
    }
    if (daemon.damaged > 0) {
      say(Level::kBad, "storage.damaged", fmt::format("queries could not read {} blocks", daemon.damaged),
          "telltale verify says which series and spans");
    }
    if (daemon.budget > 0) {
      const std::uint64_t percent = daemon.bytes * 100 / daemon.budget;
      const std::string what = fmt::format("{} % of the budget of {} MB", percent, daemon.budget / kMega);
      if (percent >= 90) {
        say(Level::kWarning, "storage.budget",
            what + (daemon.oldest ? "; history begins at " + core::format_time(*daemon.oldest) : ""),
            "nothing, if that is long enough: the oldest goes by itself; else a larger storage.budget");
      } else {
        say(Level::kGood, "storage.budget", what);
      }
    }
    if (daemon.journal_lost > 0) {
      say(Level::kWarning, "storage.lost",
          fmt::format("{} readings were shown but not kept since the start: the disk did not keep up",
                      daemon.journal_lost),
          "a faster disk or card, or fewer readings");
    }
  }

  void inputs(const DaemonView& daemon) {
    for (const DaemonView::Input& input : daemon.inputs) {
      if (input.state == "running" || input.state == "starting") continue;
      say(Level::kWarning, "input." + input.id, "it is " + input.state + (input.why.empty() ? "" : ": " + input.why),
          mend_of(input));
    }
  }

  void sink(const DaemonView::Sink& one) {
    const std::string id = "sink." + one.id;
    const std::string details = "telltale sink list has the details";
    if (one.state != "running" && one.state != "starting") {
      say(Level::kWarning, id, "it is " + one.state + (one.why.empty() ? "" : ": " + one.why),
          "nothing is lost while the history has it; " + details);
    }
    if (one.parked > 0) {
      say(Level::kWarning, id + ".refused", fmt::format("the other side refused {} readings", one.parked),
          details + ", and what the other side said");
    }
    if (one.lost > 0) {
      say(Level::kWarning, id + ".lost", fmt::format("{} readings went before they were sent", one.lost),
          "keep readings for longer than the longest outage: storage.raw, storage.budget");
    }
    const bool well = one.state == "running" && one.parked == 0 && one.lost == 0;
    if (well) say(Level::kGood, id, one.owed_since ? "it sends, and catches up" : "it sends");
  }

  [[nodiscard]] std::string mend_of(const DaemonView::Input& input) const {
    std::string known = mend_of_input(input.why, input.port, view_.machine);
    if (!known.empty()) return known;
    return "telltale input list has the details, telltale input restart " + input.id + " begins anew";
  }

  void machine() {
    using Supply = MachineView::Supply;
    const std::string mend =
        "a supply of 5.1 V with enough current and a short, thick cable: low voltage destroys cards";
    if (view_.machine.supply == Supply::kLow) say(Level::kBad, "power", "the supply's voltage is too low now", mend);
    if (view_.machine.supply == Supply::kWasLow) {
      say(Level::kWarning, "power", "the supply's voltage was too low since the boot", mend);
    }
    if (view_.machine.supply == Supply::kGood) say(Level::kGood, "power", "the supply's voltage was never too low");
    for (const MachineView::Card& card : view_.machine.cards) look_at(card);
  }

  void look_at(const MachineView::Card& card) {
    constexpr double kSlowMs = 200;
    const std::string id = "card." + card.device;
    if (card.near_its_end) {
      return say(Level::kBad, id,
                 card.worn ? fmt::format("{} % of its life is used", *card.worn)
                           : "it says that its reserve is nearly used up",
                 "telltale backup to another disk now, then replace the card");
    }
    if (card.write_ms && *card.write_ms > kSlowMs) {
      return say(Level::kWarning, id, fmt::format("a write takes {:.0f} ms on average", *card.write_ms),
                 "a card of class A1 or A2, or a longer storage.commit; old cards become slow before they fail");
    }
    const std::string worn =
        card.worn ? fmt::format("at most {} % of its life is used", *card.worn) : "it tells no wear";
    say(Level::kGood, id, card.write_ms ? fmt::format("{}, a write takes {:.1f} ms", worn, *card.write_ms) : worn);
  }

  void clock() {
    const bool good = view_.daemon ? view_.daemon->synchronised : view_.clock_synchronised;
    if (good) return say(Level::kGood, "clock", "it follows a time source");
    say(Level::kWarning, "clock", "it follows no time source: readings are marked uncertain until it does",
        "timedatectl set-ntp true; without a network, a battery-backed clock");
  }

  const DoctorView& view_;
  std::vector<Verdict> verdicts_;
};

}  // namespace

void look_around(DoctorView& view, const std::string& run_directory, std::uint64_t most_bytes) {
  std::error_code failed;
  view.directory_exists = std::filesystem::is_directory(view.state_directory, failed);
  view.clock_synchronised = core::SystemClock().synchronised();
  view.machine = look_at_machine("/");
  if (view.daemon) {
    for (DaemonView::Input& input : view.daemon->inputs) {
      const std::string port = port_in(input.why);
      if (!port.empty()) input.port = look_at_port(port, "/");
    }
  }
  if (!run_directory.empty()) view.run_disk = look_at_disk(run_directory);
  if (!view.directory_exists) return;
  view.disk = look_at_disk(view.state_directory);
  view.history = look_at_history(store::database_path(view.state_directory), most_bytes);
  for (std::filesystem::directory_iterator entry(view.state_directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().filename().string().starts_with("before-")) view.leftovers.push_back(entry->path());
  }
}

std::vector<Verdict> judge(const DoctorView& view) { return Doctor(view).run(); }

std::string_view to_text(Verdict::Level level) {
  switch (level) {
    case Level::kGood:
      return "ok";
    case Level::kWarning:
      return "warning";
    case Level::kBad:
      return "bad";
    case Level::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace telltale::tools
