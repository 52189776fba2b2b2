// What a device remembers of its rounds: provision.json in the state directory. Written whole or not at all. One round
// at a time, which a lock sees to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"

namespace telltale::provision {

struct State {
  std::uint64_t serial = 0;     // the last one taken; 0: none yet
  std::string digest;           // of its document
  std::string taken;            // when, RFC 3339
  bool restart_needed = false;  // of it, when it was taken

  // The newest that was signed and could not be taken. It is not tried again.
  struct Failed {
    std::uint64_t serial = 0;
    std::string digest;
    std::string when;
    std::string why;
    friend bool operator==(const Failed&, const Failed&) = default;
  };
  std::optional<Failed> failed;

  // Written before anything is changed: a round that finds it was cut short.
  struct Trying {
    std::uint64_t serial = 0;
    std::uint64_t times = 0;
    friend bool operator==(const Trying&, const Trying&) = default;
  };
  std::optional<Trying> trying;

  // Of HTTP: what was answered last, so that it is not transferred again.
  std::string etag;
  std::string etag_of;  // digest of the address

  std::string outcome;  // of the last round that said something else than the one before
  std::string since;    // when it said so first

  friend bool operator==(const State&, const State&) = default;
};

[[nodiscard]] std::string state_path(const std::string& directory);
// One that is not there is empty. ErrorCode::kCorrupt: it is not what was written.
[[nodiscard]] core::Result<State> load_state(const std::string& directory);
[[nodiscard]] core::Result<void> save_state(const std::string& directory, const State& state);
[[nodiscard]] std::string state_json(const State& state);

// A file that root made among the daemon's becomes the daemon's, who has to read it: the owner of its directory gets
// it. Of anybody else it stays as it is.
[[nodiscard]] core::Result<void> give_to_owner_of_directory(const std::string& path);

// Held for a round. ErrorCode::kConflict: another round holds it.
[[nodiscard]] core::Result<core::Fd> lock_state(const std::string& directory);

}  // namespace telltale::provision
