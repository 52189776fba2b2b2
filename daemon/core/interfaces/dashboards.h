// The dashboards of the device, as net sees them: list them, read one, put another text in its place, take it away.
// Provided by app.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/error.h"

namespace telltale::core {

// One dashboard as it stands now. Immutable: shared with whoever answers.
struct Dashboard {
  std::string name;         // `[a-z0-9][a-z0-9_-]{0,63}`
  std::string title;        // the name when it has none
  std::string file;         // where it is written
  std::string text;         // YAML; empty when it is part of the configuration file
  std::string version;      // changes when the dashboard does: for ETag and If-Match
  bool in_config = false;   // declared in the configuration file: changed there alone
  ConfigNode document;      // without meaning when there are errors
  Diagnostics diagnostics;  // with errors: what is wrong with its text
  std::string report;       // the same for people
};
using DashboardPtr = std::shared_ptr<const Dashboard>;

struct DashboardChange {
  std::string name;
  std::string text;              // YAML, of which JSON is a part
  std::string expected_version;  // of the text that was edited; empty: whatever stands there
  bool must_be_new = false;      // refused when there is one of that name
  bool only_check = false;
};

struct DashboardOutcome {
  Diagnostics diagnostics;  // with errors: nothing was changed
  std::string report;
  bool applied = false;
  bool is_new = false;
  std::string version;  // of what stands there afterwards
};

class DashboardKeeper {
 public:
  DashboardKeeper() = default;
  DashboardKeeper(const DashboardKeeper&) = delete;
  DashboardKeeper& operator=(const DashboardKeeper&) = delete;
  virtual ~DashboardKeeper() = default;
  // All block on the disk; any thread, changes one at a time.
  // By name; at most 256.
  [[nodiscard]] virtual Result<std::vector<DashboardPtr>> list() = 0;
  // ErrorCode::kNotFound: there is none of that name.
  [[nodiscard]] virtual Result<DashboardPtr> read(const std::string& name) = 0;
  // ErrorCode::kConflict: another text than the expected one stands there. kDenied: it is part of the configuration
  // file, or the directory cannot be written. kLimit: there are too many.
  [[nodiscard]] virtual Result<DashboardOutcome> change(const DashboardChange& change) = 0;
  // What stood there is kept beside it as NAME.yaml.1. Errors as above.
  [[nodiscard]] virtual Result<void> remove(const std::string& name, const std::string& expected_version) = 0;
};

}  // namespace telltale::core
