// What the server works with, all owned by app and alive for as long as the server.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "daemon/core/asset.h"
#include "daemon/core/clock.h"
#include "daemon/core/interfaces/accounts.h"
#include "daemon/core/interfaces/configuration.h"
#include "daemon/core/interfaces/dashboards.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/probing.h"
#include "daemon/core/interfaces/rules.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/log.h"
#include "daemon/core/log_ring.h"
#include "daemon/core/package.h"

namespace telltale::net {

// What the daemon knows of itself.
struct Facts {
  std::string version;
  std::string device;  // name of the device
  std::string site;
  std::string boot_id;  // of this run of the daemon: another one means that it was restarted
  core::WallTime started{};
  core::Duration raw{};              // age of the oldest reading kept; 0: any
  std::string state_directory = {};  // told to who uses the device's own socket alone
  std::string config_file = {};      // likewise; empty: there is none
};

struct Dependencies {
  core::Catalog& catalog;
  core::PipelinePort& pipeline;
  core::HistoryReader& history;
  core::InputDirectory& inputs;
  const core::Clock& clock;
  core::Logger log;
  std::span<const core::Asset> assets;  // the page
  Facts facts;
  core::PluginCatalog* plugins = nullptr;       // optional
  core::ConfigKeeper* config = nullptr;         // optional: then there is no configuration to see or change
  core::DashboardKeeper* dashboards = nullptr;  // optional: then there are none
  core::Accounts* accounts = nullptr;           // optional: then nobody can log in
  core::DeviceProber* prober = nullptr;         // optional: then nothing looks for devices
  const core::LogRing* recent_log = nullptr;    // optional: then there is no log to read
  const core::PackageWatch* package = nullptr;  // optional: then nothing is known of packages
  core::RuleKeeper* rules = nullptr;            // optional: then there are neither derived series nor alarms
  core::SinkDirectory* sinks = nullptr;         // optional: then there are none
};

}  // namespace telltale::net
