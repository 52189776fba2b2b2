// Sees what a case's process asks of the kernel, and which of it the plugin did not say it needs. In the validator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "sdk/validator/stage.h"

struct seccomp_notif;

namespace telltale::validator {

// What a plugin may do only when it says so (telltale_plugin.needs), or never.
enum class Deed : std::uint8_t {
  kNone,
  kUsesNetwork,
  kUsesLocalSockets,
  kUsesDevices,
  kStartsProcesses,
  kReadsFiles,
  kWritesFiles,
  kSignalsOthers,
};

class Watch {
 public:
  // `process` is the case's; `own_directories` may be read, the first of them written.
  Watch(const Stage& stage, pid_t process, int pidfd, std::vector<std::string> own_directories);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  // Takes the listener over once the process has one. True while it still has to be asked.
  bool connect(Stage& stage);
  // -1 until it is connected.
  [[nodiscard]] int fd() const { return listener_; }
  // Answers what the kernel asks; call when fd() is readable.
  void answer();
  // What was tried without being declared, first ones first, at most a few: `opened /etc/shadow`.
  [[nodiscard]] std::string seen(Deed deed) const;

 private:
  struct Seen {
    Deed deed;
    std::string text;
  };
  // The refusal as errno, or 0: allowed.
  int judge(const seccomp_notif& call);
  int judge_socket(int family);
  int judge_path(int directory, std::uint64_t address, std::uint64_t flags, bool changes);
  int refuse(Deed deed, const std::string& text, int error);
  [[nodiscard]] std::string path_of(int directory, std::uint64_t address) const;
  [[nodiscard]] bool is_own(const std::string& path) const;

  const Stage& stage_;
  pid_t process_;
  int pidfd_;
  int listener_ = -1;
  std::vector<std::string> own_directories_;
  std::vector<Seen> seen_;
};

}  // namespace telltale::validator
