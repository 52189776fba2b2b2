// Looking for devices before an input is configured: what net asks of host.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/config_node.h"
#include "daemon/core/error.h"

namespace telltale::core {

// Texts are clean; nothing in them is to be trusted otherwise.
struct ProbeFinding {
  std::string title;             // one line
  std::string detail;            // lines
  std::string options;           // YAML of an input's options, lines; may be empty
  std::uint32_t confidence = 0;  // percent
};

struct ProbeOutcome {
  std::vector<ProbeFinding> findings;
  bool complete = true;  // else its time was up before all was tried
};

class DeviceProber {
 public:
  DeviceProber() = default;
  DeviceProber(const DeviceProber&) = delete;
  DeviceProber& operator=(const DeviceProber&) = delete;
  virtual ~DeviceProber() = default;
  using Done = std::function<void(Result<ProbeOutcome>)>;
  // One at a time: ErrorCode::kConflict while another one looks. `options` is a map, validated against the plugin's
  // own table: ErrorCode::kInvalid says every mistake. `done` is called once, from any thread, also at shutdown.
  virtual void probe(std::string plugin, ConfigNode options, Duration patience, Done done) = 0;
};

}  // namespace telltale::core
