#include "daemon/app/daemon.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include "daemon/app/context.h"
#include "daemon/app/directory_lock.h"
#include "daemon/app/told_file.h"
#include "daemon/host/host_paths.h"
#include "web/assets.h"

namespace telltale::app {

namespace {

using std::chrono::seconds;

std::uint64_t random_number() {
  std::uint64_t number = 0;
  // At most 256 bytes of an initialised pool never fail.
  [[maybe_unused]] const auto got = ::getrandom(&number, sizeof number, 0);
  return number;
}

constexpr std::uint64_t kMostInMemory = 16U << 20U;  // bytes of a history that has no disk

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "telltale";
}

void say(std::string_view report) { std::fwrite(report.data(), 1, report.size(), stderr); }

core::Result<void> find_plugins(AppContext& context) {
  auto program = host::find_plugin_host();
  if (!program) return program.error();
  context.plugin_host = *program;
  context.plugins = std::make_unique<host::PluginFinder>(host::plugin_directories(), *program);
  return {};
}

core::Result<void> take_directories(AppContext& context) {
  auto directories = make_directories(context.options, context.config_path.has_value());
  if (!directories) return directories.error();
  context.directories = *directories;
  auto run_lock = lock_directory(context.directories.run);
  if (!run_lock) return run_lock.error();
  context.run_lock = std::move(*run_lock);
  return {};
}

// A state directory that cannot be written, or a damaged file, is no reason not to show what the sensors say. What is
// there stays as it is, the journal of another time too.
bool leaves_live(const core::Error& error) {
  using core::ErrorCode;
  return error.code == ErrorCode::kIo || error.code == ErrorCode::kLimit || error.code == ErrorCode::kUnavailable ||
         error.code == ErrorCode::kCorrupt;
}

core::Result<std::unique_ptr<store::Store>> open_store(const AppContext& context, store::StoreOptions options) {
  const auto logger = context.log.with("store");
  auto store = store::Store::open(options, context.clock, logger);
  if (store || !leaves_live(store.error())) return store;
  options.unsaved = "the history is in memory alone, and is lost when the daemon ends (" + store.error().text() +
                    "): mend that, then restart the daemon";
  logger.error("{}", options.unsaved);
  options.run_dir /= "unsaved";
  options.state_dir = options.run_dir / "state";
  options.budget = std::min(options.budget == 0 ? kMostInMemory : options.budget, kMostInMemory);
  std::error_code none;
  std::filesystem::remove_all(options.run_dir, none);  // of an earlier start
  return store::Store::open(options, context.clock, logger);
}

core::Result<void> make_history(AppContext& context) {
  store::StoreOptions options;
  options.state_dir = context.directories.state;
  options.run_dir = context.directories.run;
  options.commit = context.config.storage.commit;
  options.budget = context.config.storage.budget;
  options.raw = context.config.storage.raw;
  auto store = open_store(context, std::move(options));
  if (!store) return store.error();
  context.store = std::move(*store);
  pipeline::PipelineOptions settings{context.config.windows, context.store->series(), counter_settings(context.config)};
  if (context.manager.watchdog() > core::Duration::zero()) {
    // By way of the net thread: when either of the two hangs, there is no sign of life.
    settings.pulse = [&context] { boost::asio::post(context.io, [&context] { context.manager.alive(); }); };
    settings.pulse_every = context.manager.watchdog() / 4;
  }
  auto pipeline =
      pipeline::Pipeline::make(std::move(settings), *context.store, context.clock, context.log.with("pipeline"));
  if (!pipeline) return pipeline.error();
  context.pipeline = std::move(*pipeline);
  const std::string& name = context.config.device.name;
  // Without it mails and MQTT alone cannot be sent, and say so.
  const auto messenger = host::find_own_program("telltale-messenger");
  auto notifier = std::make_unique<notify::Notifier>(
      name.empty() ? host_name() : name, messenger ? *messenger : std::string(), context.clock,
      context.log.with("notify"), told_file(context.directories.state + "/told.json", context.log.with("notify")));
  context.rules = std::make_unique<RuleDesk>(*context.pipeline, *context.store, context.store->series(), context.config,
                                             std::move(notifier), context.log.with("rules"));
  return {};
}

// One configuration for many devices: ${device} and ${site} in a label are who and where this one is.
void name_device(AppContext& context, core::Labels& labels) {
  const std::string device = context.config.device.name.empty() ? host_name() : context.config.device.name;
  for (auto& [name, value] : labels) {
    if (value == "${device}") value = device;
    if (value == "${site}") value = context.config.device.site;
  }
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
}

void apply_sinks(AppContext& context, std::vector<core::SinkConfig> sinks) {
  for (core::SinkConfig& sink : sinks) name_device(context, sink.labels);
  std::vector<core::InputConfig> instances;
  instances.reserve(sinks.size());
  for (const core::SinkConfig& sink : sinks) instances.push_back(sink.instance);
  if (auto applied = context.sink_instances->apply(std::move(instances)); !applied) {
    context.log.error("sinks: {}", applied.error().text());
  }
  context.senders->apply(std::move(sinks));
}

// Takes a new configuration over; true when part of it waits for the next start.
core::Result<bool> take_over(AppContext& context, config::Config next) {
  const bool waits = !(next.device == context.config.device && next.server == context.config.server &&
                       next.storage == context.config.storage && next.windows == context.config.windows &&
                       next.counters == context.config.counters);
  if (waits)
    context.log.warning("device, server, storage, windows and counters are taken over at the next start; all else now");
  auto applied = context.inputs->apply(input_configs(next));
  if (!applied) {
    context.log.error("inputs: {}", applied.error().text());
    return applied.error();
  }
  context.rules->apply(next);
  context.dashboards->set_configured(next.dashboards);
  apply_sinks(context, next.sinks);
  context.config.inputs = std::move(next.inputs);
  context.config.sinks = std::move(next.sinks);
  context.config.derived = std::move(next.derived);
  context.config.rules = std::move(next.rules);
  context.config.notify = std::move(next.notify);  // the rest is what runs, until the next start
  context.log.notice("configuration taken over: {} inputs", context.config.inputs.size());
  return waits;
}

// Beside the configuration, or, without one, with what the daemon keeps for itself.
void open_dashboards(AppContext& context) {
  std::string directory = context.directories.state + "/dashboards";
  if (context.config_path) {
    const auto slash = context.config_path->rfind('/');
    directory = (slash == std::string::npos ? "." : context.config_path->substr(0, slash)) + "/dashboards";
  }
  context.dashboards = std::make_unique<DashboardDesk>(context.config_path.value_or(""), std::move(directory));
  context.dashboards->set_configured(context.config.dashboards);
}

void open_desk(AppContext& context) {
  context.trials = std::make_unique<TrialDesk>(context.config_path.value_or(""), *context.plugins,
                                               context.pipeline->catalog(), *context.store, context.clock);
  if (!context.config_path) return;
  context.desk = std::make_unique<ConfigDesk>(
      *context.config_path, *context.plugins,
      [&context](std::function<void()> task) { boost::asio::post(context.io, std::move(task)); },
      [&context](config::Config next) { return take_over(context, std::move(next)); });
}

net::Dependencies dependencies(AppContext& context) {
  net::Facts facts;
  facts.version = TELLTALE_VERSION;
  facts.device = context.config.device.name.empty() ? host_name() : context.config.device.name;
  facts.site = context.config.device.site;
  facts.boot_id = fmt::format("{:016x}", random_number());
  facts.started = context.clock.wall_now();
  facts.raw = context.config.storage.raw;
  facts.state_directory = std::filesystem::absolute(context.directories.state).string();
  if (context.config_path) facts.config_file = std::filesystem::absolute(*context.config_path).string();
  return {context.pipeline->catalog(),
          *context.pipeline,
          *context.store,
          *context.inputs,
          context.clock,
          context.log.with("net"),
          web::assets(),
          std::move(facts),
          context.plugins.get(),
          context.desk.get(),
          context.dashboards.get(),
          context.accounts.get(),
          context.prober.get(),
          context.recent_log.get(),
          &context.package,
          context.rules.get(),
          context.trials.get(),
          context.senders.get()};
}

core::Result<void> start_server(AppContext& context) {
  const auto attempt = [&context]() -> core::Result<void> {
    net::ServerOptions options =
        server_options(context.config, context.listen, context.directories, context.config_path.value_or(""));
    options.handed_down = context.manager.sockets();
    context.server = std::make_unique<net::Server>(context.io, options, dependencies(context));
    return context.server->start();
  };
  auto started = attempt();
  const bool port_given = context.config_path || context.options.listen;
  if (started.has_error() && started.error().code == core::ErrorCode::kConflict && !port_given) {
    // Somebody who only looks at this machine does not care for the number.
    context.log.notice("port {} is taken by another program: taking a free one", context.listen.port);
    context.listen.port = 0;
    started = attempt();
  }
  if (started) context.manager.keep_socket(context.server->listening_socket());
  return started;
}

void make_senders(AppContext& context) {
  sinks::SenderContext of_all{context.pipeline->catalog(),
                              *context.store,
                              *context.sink_instances,
                              context.clock,
                              context.log.with("sinks"),
                              context.directories.run + "/cursors",
                              context.directories.state + "/cursors"};
  context.senders = std::make_unique<sinks::Senders>(std::move(of_all));
}

core::Result<void> start_parts(AppContext& context) {
  auto history = make_history(context);
  if (!history) return history.error();
  host::SupervisorSettings settings;
  settings.ring_directory = context.directories.run + "/rings";
  settings.host_program = context.plugin_host;
  context.inputs = std::make_unique<host::Supervisor>(context.io, settings, *context.plugins, *context.pipeline,
                                                      context.clock, context.log.with("inputs"), random_number);
  settings.ring_directory = context.directories.run + "/sinks";
  context.sink_instances = std::make_unique<host::Supervisor>(context.io, settings, *context.plugins, *context.pipeline,
                                                              context.clock, context.log.with("sinks"), random_number);
  make_senders(context);
  context.accounts = std::make_unique<auth::AccountBook>(context.directories.state + "/accounts.json", context.clock,
                                                         context.log.with("accounts"));
  context.prober = std::make_unique<host::ProbeDesk>(*context.plugins, context.plugin_host);
  open_desk(context);
  open_dashboards(context);
  auto serving = start_server(context);
  if (!serving) return serving.error();
  context.live = std::make_unique<LiveSplit>(context.server->live_sink(), *context.senders);
  if (!context.config.sinks.empty()) apply_sinks(context, context.config.sinks);
  context.pipeline->start(*context.live);
  context.pipeline->restore_windows(*context.store);
  return context.inputs->apply(input_configs(context.config));
}

std::string address_of(const AppContext& context) {
  config::ListenAddress shown = context.listen;
  shown.port = context.server->port();
  if (shown.address == "0.0.0.0" || shown.address == "::") shown.address = "127.0.0.1";
  const config::Server& server = context.config.server;
  return (server.tls.mode == config::TlsMode::kOff ? "http://" : "https://") + shown.text() + server.base_path + "/";
}

std::string summary(const AppContext& context) {
  return fmt::format("{} inputs, the page at {}", context.config.inputs.size(), address_of(context));
}

void reload(AppContext& context) {
  context.server->refresh_certificate();
  if (!context.config_path) {
    context.log.notice("there is no configuration file to read again");
    return;
  }
  context.manager.reloading();
  config::Outcome outcome = load_config(context.config_path, *context.plugins);
  say(outcome.report);
  if (!outcome.config) {
    context.log.error("{} has errors: everything goes on as it was", *context.config_path);
    context.manager.ready("the configuration has errors (telltale check): what ran before goes on");
    return;
  }
  [[maybe_unused]] const auto taken = take_over(context, std::move(*outcome.config));  // logged there
  context.manager.ready(summary(context));
}

void await_reload(AppContext& context) {
  context.reload_signal.async_wait([&context](const boost::system::error_code& error, int) {
    if (error || context.stopping) return;
    reload(context);
    await_reload(context);
  });
}

void stop(AppContext& context, int signal) {
  context.stopping = true;
  context.manager.stopping();
  context.log.notice("stopping: {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
  boost::system::error_code ignored;
  context.reload_signal.cancel(ignored);
  // Whatever does not end by itself in time is left behind: the commit comes after this.
  context.stop_deadline.expires_after(seconds(4));
  context.stop_deadline.async_wait([&context](const boost::system::error_code& error) {
    if (!error) context.io.stop();
  });
  context.prober->stop();
  context.sink_instances->stop_all([] {});
  context.inputs->stop_all([&context] {
    context.server->stop();
    context.stop_deadline.cancel();
    context.stop_deadline.expires_after(std::chrono::milliseconds(1200));
    context.stop_deadline.async_wait([&context](const boost::system::error_code&) { context.io.stop(); });
  });
}

void await_signals(AppContext& context) {
  context.stop_signals.add(SIGTERM);
  context.stop_signals.add(SIGINT);
  context.reload_signal.add(SIGHUP);
  context.stop_signals.async_wait([&context](const boost::system::error_code& error, int signal) {
    if (!error) stop(context, signal);
  });
  await_reload(context);
}

int failed(const AppContext& context, const core::Error& error) {
  context.log.error("{}", error.text());
  return kExitFailed;
}

// Also of a start that went only part of the way.
void end_parts(AppContext& context) {
  context.inputs.reset();
  if (context.pipeline) context.pipeline->stop();
  if (context.senders) context.senders->stop();
  context.server.reset();
  context.trials.reset();
  context.sink_instances.reset();
  context.rules.reset();
  context.prober.reset();
  if (context.store) context.store->close();
}

// By the network itself, or through a proxy in front of loopback: then somebody has to log in.
bool is_reached_by_others(const AppContext& context) {
  return !context.listen.is_loopback() || !context.config.server.proxies.empty();
}

}  // namespace

int run_daemon(const Options& options) {
  AppContext context(options);
  std::signal(SIGPIPE, SIG_IGN);
  if (auto found = find_plugins(context); !found) return failed(context, found.error());
  context.config_path = config_file(options);
  config::Outcome outcome = load_config(context.config_path, *context.plugins);
  say(outcome.report);
  if (!outcome.config) return kExitConfig;
  if (options.check) return kExitStopped;
  context.config = std::move(*outcome.config);
  context.listen = context.config.server.listen;
  if (options.listen) {
    auto listen = config::parse_listen(*options.listen);
    if (!listen) {
      say("telltaled: --listen: " + listen.error().text() + "\n");
      return kExitUsage;
    }
    context.listen = *listen;
  }
  if (auto taken = take_directories(context); !taken) return failed(context, taken.error());
  await_signals(context);
  if (auto started = start_parts(context); !started) {
    end_parts(context);
    return failed(context, started.error());
  }
  context.log.notice("Telltale {} is at {}", TELLTALE_VERSION, address_of(context));
  if (!context.listen.is_loopback())
    context.log.notice("others reach it at {}", fmt::join(context.server->urls(), " "));
  if (const auto port = context.server->redirect_port(); port != 0) {
    context.log.notice("plain HTTP at port {} is sent on to HTTPS", port);
  }
  if (const std::string code = context.accounts->setup_code(); !code.empty() && is_reached_by_others(context)) {
    const core::Logger console(context.console, "telltaled");
    console.notice("nobody can log in from the network yet: open the page and set it up with the code {}", code);
  }
  context.manager.ready(summary(context));
  core::name_thread("net");
  context.io.run();
  end_parts(context);
  context.log.notice("stopped; everything is committed");
  return kExitStopped;
}

}  // namespace telltale::app
