// The configuration file of the running daemon, as net sees it: read it, check another one, put that in its place.
// Provided by app.
#pragma once

#include <functional>
#include <string>

#include "daemon/core/diagnostic.h"
#include "daemon/core/error.h"

namespace telltale::core {

// The file as it stands on the disk.
struct ConfigText {
  std::string file;     // its path
  std::string text;     // YAML
  std::string version;  // changes when the text does: for ETag and If-Match
};

struct ConfigChange {
  std::string text;
  std::string expected_version;  // of the text that was edited; empty: whatever stands there
  bool only_check = false;
};

struct ConfigOutcome {
  Diagnostics diagnostics;  // with errors: nothing was changed
  std::string report;       // the same for people: `telltale.yaml:14:9: error: …`, line and caret
  bool applied = false;
  bool restart_needed = false;  // something changed that is taken over at the next start alone
  std::string version;          // of the file afterwards
  std::string kept;             // where the text that stood there before was put
};

class ConfigKeeper {
 public:
  ConfigKeeper() = default;
  ConfigKeeper(const ConfigKeeper&) = delete;
  ConfigKeeper& operator=(const ConfigKeeper&) = delete;
  virtual ~ConfigKeeper() = default;
  // Blocks on the disk. ErrorCode::kNotFound: the daemon runs without a file. Any thread.
  [[nodiscard]] virtual Result<ConfigText> read() = 0;
  // Blocks on the disk and on plugins that must be described. `done` is called once, here or on the net thread.
  // ErrorCode::kConflict: another text than the expected one stands there; kNotFound as above; kDenied or kIo when
  // the file cannot be written: it is as it was. Any thread; one change at a time, others wait.
  using Done = std::function<void(Result<ConfigOutcome>)>;
  virtual void change(ConfigChange change, Done done) = 0;
};

}  // namespace telltale::core
