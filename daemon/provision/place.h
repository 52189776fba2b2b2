// Where a configuration goes: into the running daemon, which checks it with its own secrets and plugins and takes it
// over at once, or, when none runs, into its file. One thread; blocks on the disk and on the daemon.
#pragma once

#include <chrono>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/net/client.h"

namespace telltale::provision {

struct Taken {
  bool restart_needed = false;  // a part of it is taken over at the daemon's next start
  bool all_of_it = false;       // no daemon runs: that is so of the whole
};

class ConfigPlace {
 public:
  ConfigPlace() = default;
  ConfigPlace(const ConfigPlace&) = delete;
  ConfigPlace& operator=(const ConfigPlace&) = delete;
  virtual ~ConfigPlace() = default;

  // The text that is in place. ErrorCode::kNotFound: there is none.
  [[nodiscard]] virtual core::Result<std::string> present() = 0;
  // ErrorCode::kInvalid: it has errors. Changes nothing.
  [[nodiscard]] virtual core::Result<void> check(const std::string& text) = 0;
  // ErrorCode::kInvalid: it has errors, nothing was changed; kInternal: it was in place, what ran before did not go on
  // with it, and the former is in place again. Any other error: it cannot be had now, what was there is there.
  [[nodiscard]] virtual core::Result<Taken> take(const std::string& text) = 0;
};

class DaemonPlace final : public ConfigPlace {
 public:
  // `file` is the daemon's, and is written when the daemon is gone after a change. Waits `patience` for it.
  DaemonPlace(net::Client& client, std::string file, std::chrono::milliseconds patience)
      : client_(client), file_(std::move(file)), patience_(patience) {}

  [[nodiscard]] core::Result<std::string> present() override;
  [[nodiscard]] core::Result<void> check(const std::string& text) override;
  [[nodiscard]] core::Result<Taken> take(const std::string& text) override;

 private:
  [[nodiscard]] core::Result<Taken> put(const std::string& text, const std::string& in_place_of);
  // What is so after an answer that left it open.
  [[nodiscard]] core::Result<Taken> settle(const std::string& text, const std::string& former,
                                           const core::Error& error);
  [[nodiscard]] core::Result<Taken> put_back(const std::string& text, const std::string& former,
                                             const core::Error& error);

  net::Client& client_;
  std::string file_;
  std::chrono::milliseconds patience_;
};

class FilePlace final : public ConfigPlace {
 public:
  FilePlace(std::string file, core::PluginCatalog& plugins) : file_(std::move(file)), plugins_(plugins) {}

  [[nodiscard]] core::Result<std::string> present() override;
  [[nodiscard]] core::Result<void> check(const std::string& text) override;
  [[nodiscard]] core::Result<Taken> take(const std::string& text) override;

 private:
  std::string file_;
  core::PluginCatalog& plugins_;
};

}  // namespace telltale::provision
