// Keeps the certificate that the server shows: makes the device's own and makes it anew when its time or its names no
// longer fit, or reads the user's files again when they change. Owned by the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/log.h"
#include "daemon/core/mutex.h"
#include "daemon/net/tls_identity.h"

namespace telltale::net {

enum class TlsMode : std::uint8_t { kOff, kAuto, kFiles };

struct TlsOptions {
  TlsMode mode = TlsMode::kOff;
  std::string certificate;                              // file, of kFiles
  std::string key;                                      // likewise
  std::string state_directory;                          // where the device's own is kept, as tls.pem
  std::vector<std::string> names;                       // that the device goes by, beside its addresses and localhost
  std::function<std::vector<std::string>()> addresses;  // that it has now; any thread
};

class TlsKeeper {
 public:
  TlsKeeper(TlsOptions options, const core::Clock& clock, core::Logger log)
      : options_(std::move(options)), clock_(clock), log_(std::move(log)) {}

  // What is shown to the next who connects, and whether somebody vouches for it. Any thread; does not block.
  struct Shown {
    std::shared_ptr<const TlsIdentity> identity;
    bool own = true;    // made by this device
    std::string error;  // why it is not what the configuration asks for; empty: it is
  };
  [[nodiscard]] Shown shown() const TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] TlsMode mode() const { return options_.mode; }

  // Makes or reads what there is to show. Blocks on the disk; one call at a time, from any thread. An error: there is
  // nothing at all to show.
  [[nodiscard]] core::Result<void> refresh() TELLTALE_EXCLUDES(mutex_);

 private:
  struct FileMark {
    std::int64_t seconds = -1;
    std::int64_t nanoseconds = 0;
    std::int64_t size = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const FileMark&, const FileMark&) = default;
  };
  [[nodiscard]] static FileMark mark_of(const std::string& path);

  [[nodiscard]] core::Result<void> refresh_files();
  [[nodiscard]] core::Result<void> refresh_own();
  [[nodiscard]] core::Result<std::shared_ptr<const TlsIdentity>> read_files() const;
  [[nodiscard]] std::vector<std::string> wanted_names() const;
  // Why the device's own certificate has to be made anew; empty: it need not.
  [[nodiscard]] std::string unfit(const CertificateFacts& facts) const;
  [[nodiscard]] core::Result<std::string> renewed(const std::string& old) const;
  void show(std::shared_ptr<const TlsIdentity> identity, bool own, std::string error) TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] bool outdated() const;

  // Constant after construction.
  TlsOptions options_;
  const core::Clock& clock_;
  core::Logger log_;

  // Of whoever refreshes.
  FileMark certificate_mark_;
  FileMark key_mark_;
  core::BootTime made_at_{};

  mutable core::Mutex mutex_;
  Shown shown_ TELLTALE_GUARDED_BY(mutex_);
};

}  // namespace telltale::net
