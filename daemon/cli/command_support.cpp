// telltale support
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json_text.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/store_files.h"
#include "daemon/core/gzip.h"
#include "daemon/core/run_program.h"
#include "daemon/core/scrub.h"
#include "daemon/tools/fresh_file.h"
#include "daemon/tools/tar.h"

namespace telltale::cli {
namespace {

constexpr std::size_t kMostBytes = 4'000'000;  // of a file in it
constexpr std::chrono::seconds kPatience{15};  // with a program

// What could not be had is said in its place.
std::string text_or_why(core::Result<std::string> text) {
  return text ? std::move(*text) : "not there: " + text.error().text() + '\n';
}

std::string of_program(const std::vector<std::string>& command) {
  const auto ended = core::run_program({.command = command, .most_output = kMostBytes, .time = kPatience});
  std::string text = ended ? ended->output : "not there: " + ended.error().text() + '\n';
  if (ended && ended->late) text += ended->text() + '\n';
  return fmt::format("$ {}\n{}\n", fmt::join(command, " "), text);
}

std::string of_file(const std::string& path) {
  return fmt::format("== {}\n{}\n", path, text_or_why(tools::read_small_file(path, kMostBytes)));
}

std::string system_text() {
  std::string out;
  utsname machine{};
  if (::uname(&machine) == 0) {
    out += fmt::format("{} {} {} {}\n", machine.sysname, machine.release, machine.version, machine.machine);
  }
  for (const char* path :
       {"/etc/os-release", "/proc/device-tree/model", "/proc/uptime", "/proc/loadavg", "/proc/meminfo"}) {
    if (::access(path, R_OK) == 0) out += of_file(path);
  }
  out += of_program({"df", "-h"});
  out += of_program({"dpkg-query", "-W", "telltale*"});
  out += of_program({"systemctl", "status", "--no-pager", "--full", "telltaled.service"});
  if (::access("/dev/serial", R_OK) == 0) out += of_program({"ls", "-lR", "/dev/serial"});
  return out;
}

std::string doctors_text(Arguments arguments) {
  arguments.json = false;
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  if (stream == nullptr) return "not there\n";
  const auto outcome = run_doctor(arguments, Output(stream, true));
  std::fclose(stream);
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  std::string out(text, size);
  if (!outcome) out += outcome.error().text() + '\n';
  return out;
}

class Gathering {
 public:
  Gathering(const Arguments& arguments, std::string directory)
      : arguments_(arguments), directory_(std::move(directory)) {}

  std::vector<tools::TarFile> run() {
    struct Asked {
      const char* name;
      const char* path;
    };
    constexpr std::array<Asked, 5> kAsked{{{"status.json", "/api/v1/status"},
                                           {"inputs.json", "/api/v1/inputs"},
                                           {"storage.json", "/api/v1/storage"},
                                           {"series.json", "/api/v1/series"},
                                           {"metrics.txt", "/metrics"}}};
    auto client = connect(arguments_);
    for (const Asked& one : kAsked)
      add(one.name, client ? client->get({.path = one.path, .query = {}}) : core::Result<std::string>(client.error()));
    if (arguments_.url.empty()) {
      add("doctor.txt", doctors_text(arguments_));
      add("system.txt", system_text());
      add("log.txt",
          of_program({"journalctl", "--unit=telltaled", "--no-pager", "--output=short-iso", "--lines=20000"}));
      const auto files = find_daemon_files(arguments_);
      const bool configured = files && !files->config.empty();
      if (configured) add("telltale.yaml", tools::read_small_file(files->config, kMostBytes));
    }
    return std::move(files_);
  }

 private:
  void add(const std::string& name, core::Result<std::string> content) {
    std::string text = text_or_why(std::move(content));
    if (text.size() > kMostBytes) text.erase(0, text.size() - kMostBytes);
    files_.push_back({directory_ + "/" + name, core::scrub(text)});
  }

  const Arguments& arguments_;
  std::string directory_;
  std::vector<tools::TarFile> files_;
};

std::string default_name(std::time_t now) {
  utsname machine{};
  ::uname(&machine);
  return fmt::format("telltale-support-{}-{:%Y%m%dT%H%M%SZ}", machine.nodename, fmt::gmtime(now));
}

}  // namespace

Outcome run_support(const Arguments& arguments, const Output& output) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string name = default_name(now);
  const std::string path = arguments.path.empty() ? name + ".tar.gz" : arguments.path;
  auto file = tools::FreshFile::at(
      path, arguments.force ? tools::FreshFile::Existing::kReplace : tools::FreshFile::Existing::kRefuse);
  if (!file) return file.error();
  Progress progress;
  progress.show(-1, "asks the daemon, and reads its log");
  const auto files = Gathering(arguments, name).run();
  const std::string archive = core::gzip(tools::tar_of(files, now));
  if (auto made = file->create(0600); !made) return made.error();
  if (auto written = file->write(archive); !written) return written.error();
  if (auto kept = file->keep(); !kept) return kept.error();
  progress.clear();
  output.line(fmt::format("{}: {} files, {}", path, files.size(), size_text(static_cast<double>(archive.size()))));
  for (const tools::TarFile& one : files) {
    output.line("  " + one.name.substr(name.size() + 1) + ", " + size_text(static_cast<double>(one.content.size())));
  }
  output.line("Passwords, tokens and keys are left out. Look into it before you send it: tar -xzf " + path);
  return kExitDone;
}

}  // namespace telltale::cli
