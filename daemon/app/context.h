// The parts of the daemon, in the order in which they are made; destroyed the other way round. No methods: daemon.cpp
// starts and stops them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/app/config_desk.h"
#include "daemon/app/dashboard_desk.h"
#include "daemon/app/live_split.h"
#include "daemon/app/options.h"
#include "daemon/app/rule_desk.h"
#include "daemon/app/service_manager.h"
#include "daemon/app/settings.h"
#include "daemon/auth/account_book.h"
#include "daemon/config/config.h"
#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/core/log.h"
#include "daemon/core/log_ring.h"
#include "daemon/core/package.h"
#include "daemon/host/plugin_finder.h"
#include "daemon/host/probe_desk.h"
#include "daemon/host/supervisor.h"
#include "daemon/net/server.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/sinks/senders.h"
#include "daemon/store/store.h"

namespace telltale::app {

struct AppContext {
  explicit AppContext(Options given)
      : options(std::move(given)),
        console(core::make_stderr_sink(options.log_level, options.log_format)),
        log(core::make_ring_sink(console, recent_log, clock), "telltaled") {}

  Options options;
  core::SystemClock clock;
  std::shared_ptr<core::LogSink> console;  // what no page may show is told to it alone
  std::shared_ptr<core::LogRing> recent_log = std::make_shared<core::LogRing>();
  core::Logger log;  // console and ring
  core::PackageWatch package;
  ServiceManager manager = ServiceManager::of_this_process();
  std::optional<std::string> config_path;
  config::Config config;
  config::ListenAddress listen;
  Directories directories;
  core::Fd run_lock;  // the store keeps others out of the state directory
  std::unique_ptr<host::PluginFinder> plugins;
  std::string plugin_host;
  std::unique_ptr<store::Store> store;
  boost::asio::io_context io{1};
  boost::asio::signal_set stop_signals{io};
  boost::asio::signal_set reload_signal{io};
  boost::asio::steady_timer stop_deadline{io};
  std::unique_ptr<pipeline::Pipeline> pipeline;
  std::unique_ptr<RuleDesk> rules;
  std::unique_ptr<auth::AccountBook> accounts;
  std::unique_ptr<ConfigDesk> desk;  // when there is a file
  std::unique_ptr<DashboardDesk> dashboards;
  std::unique_ptr<host::ProbeDesk> prober;
  std::unique_ptr<host::Supervisor> sink_instances;
  std::unique_ptr<sinks::Senders> senders;
  std::unique_ptr<net::Server> server;
  std::unique_ptr<LiveSplit> live;  // from the pipeline to server and senders
  std::unique_ptr<host::Supervisor> inputs;
  bool stopping = false;
};

}  // namespace telltale::app
