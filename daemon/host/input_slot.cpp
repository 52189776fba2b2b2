#include "daemon/host/input_slot.h"

#include <algorithm>
#include <utility>

#include <telltale/ext/sink.h>
#include <telltale/plugin.h>

#include "daemon/core/units.h"
#include "daemon/host/confinement.h"
#include "daemon/host/ring_files.h"

namespace telltale::host {

using core::InputState;

InputSlot::InputSlot(SlotContext& context, core::InputConfig config, std::shared_ptr<RingSource> source,
                     std::uint64_t generation)
    : context_(context),
      log_(context.log.with(config.id)),
      config_(std::move(config)),
      source_(std::move(source)),
      backoff_(context.settings.backoff),
      timer_(context.io),
      requests_(context.io),
      generation_(generation) {
  status_.id = config_.id;
}

InputSlot::~InputSlot() {
  if (instance_ == nullptr) return;
  instance_->forget_observer();
  source_->retire();
}

void InputSlot::set_state(InputState state, std::string reason) {
  unsaid_ = false;
  status_.state = state;
  status_.reason = std::move(reason);
  status_.last_lines.assign(last_lines_.begin(), last_lines_.end());
  context_.publish(status_);
}

core::Result<void> InputSlot::find_plugin() {
  if (plugin_ && plugin_identity_ == FileIdentity::of(plugin_->file)) return {};
  if (plugin_) log_.notice("{} is another file now: it is taken with this start", plugin_->file);
  auto found = context_.catalog.find(config_.plugin);
  if (!found) return found.error();
  plugin_ = std::move(*found);
  plugin_identity_ = FileIdentity::of(plugin_->file);
  return {};
}

void InputSlot::start() {
  status_.plugin = config_.plugin;
  status_.isolation = config_.isolated ? "process" : "none";
  status_.retry_at.reset();
  status_.counters.clear();
  status_.refused.reset();
  ready_at_.reset();
  interval_ = {};
  call_watch_.reset();
  heartbeat_watch_.reset();
  hang_said_ = false;
  stop_asked_ = false;
  end_reason_.clear();
  status_.polling.reset();
  status_.update_available = false;
  faults_.begin();
  auto started = find_plugin();
  if (started) started = launch();
  if (!started) return not_started(started.error());
  status_.version = plugin_->version;
  status_.started_at = context_.clock.wall_now();
  status_.pid = instance_->pid();
  set_state(InputState::kStarting);
}

core::Result<void> InputSlot::launch() {
  if (source_->waiting() >= kMaxWaitingRings) {
    return core::make_error(core::ErrorCode::kUnavailable, "the readings of its earlier runs are not taken yet");
  }
  auto name = ring_file_name(config_.id, generation_);
  if (!name) return name.error();
  auto ring = RingMapping::create(context_.settings.ring_directory + "/" + *name, generation_, context_.settings.ring);
  if (!ring) return ring.error();
  auto report = ReportArea::create();
  if (!report) return report.error();
  ++generation_;
  source_->add(*ring, false);
  InstanceSetup setup{config_, plugin_->file, context_.settings.host_program, confinement_of(config_, *plugin_),
                      *ring,   *report,       source_->duplicate_wake()};
  auto instance = config_.isolated ? start_isolated(context_.io, setup, context_.clock, *this)
                                   : start_local(context_.io, std::move(setup), context_.clock, *this);
  if (!instance) {
    source_->retire();
    return instance.error();
  }
  ring_ = std::move(*ring);
  report_ = std::move(*report);
  instance_ = std::move(*instance);
  return {};
}

void InputSlot::not_started(const core::Error& error) {
  // The file may be another one next time.
  plugin_.reset();
  remember_error(error.text());
  const bool may_heal = error.code == core::ErrorCode::kUnavailable || error.code == core::ErrorCode::kIo;
  start_after(may_heal ? backoff_.after_run({}, context_.random) : backoff_.longest(context_.random));
}

void InputSlot::start_after(core::Duration delay) {
  const core::WallTime next = context_.clock.wall_now() + delay;
  status_.retry_at = next;
  if (backoff_.gave_up()) {
    log_.error("gave up: it ended again and again; the next try is in {}",
               core::format_duration(std::chrono::floor<std::chrono::seconds>(delay)));
    set_state(InputState::kGaveUp, "gave up, next try at " + core::format_time(next));
  } else {
    set_state(InputState::kBackoff);
  }
  call_after(delay, &InputSlot::start);
}

void InputSlot::call_after(core::Duration delay, void (InputSlot::*what)()) {
  const std::uint64_t number = ++*timer_number_;
  timer_.expires_after(delay);
  timer_.async_wait([this, what, number, weak = std::weak_ptr(timer_number_)](boost::system::error_code failed) {
    const auto current = weak.lock();
    if (!failed && current != nullptr && *current == number) (this->*what)();
  });
}

void InputSlot::cancel_timer() {
  ++*timer_number_;
  timer_.cancel();
}

void InputSlot::replace(core::InputConfig config) {
  stopped_ = nullptr;
  backoff_.reset();
  if (instance_ != nullptr) {  // which is looked after until it has ended
    next_config_ = std::move(config);
    return request_stop();
  }
  plugin_.reset();
  cancel_timer();
  config_ = std::move(config);
  start();
}

void InputSlot::stop(std::function<void()> stopped) {
  stopped_ = std::move(stopped);
  next_config_.reset();
  if (instance_ != nullptr) return request_stop();
  cancel_timer();
  say_stopped();
}

void InputSlot::request_stop() {
  if (std::exchange(stop_asked_, true)) return;
  instance_->request_stop();
  call_after(context_.settings.stop_grace, &InputSlot::grace_is_over);
}

void InputSlot::grace_is_over() {
  if (instance_ != nullptr) {
    instance_->end("it did not stop within " + core::format_duration(context_.settings.stop_grace));
  }
}

void InputSlot::say_stopped() {
  status_.retry_at.reset();
  set_state(InputState::kStopped);
  if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
}

void InputSlot::on_ready(core::Duration interval) {
  interval_ = interval;
  ready_at_ = context_.clock.boot_now();
  call_watch_.reset();
  // How it is, it says by itself: what is made may still have to find its device. A sink says nothing until it is given
  // something, and that may be a while.
  const bool waits = status_.state == InputState::kStarting && plugin_->offers(TELLTALE_SINK_1);
  if (waits) set_state(InputState::kRunning);
}

void InputSlot::remember_line(std::string line) {
  last_lines_.push_back(std::move(line));
  if (last_lines_.size() > kLastLines) last_lines_.pop_front();
}

void InputSlot::on_log(const LogMessage& line) {
  if (!lines_.admit(context_.clock.boot_now())) return;
  if (const std::uint64_t left_out = lines_.take_left_out(); left_out > 0) log_.warning("{} lines left out", left_out);
  log_.write(static_cast<core::LogLevel>(line.severity), line.text);
  remember_line(line.text);
  set_state(status_.state, status_.reason);
}

void InputSlot::on_health(const HealthMessage& health) {
  switch (health.health) {
    case TELLTALE_HEALTH_OK:
      return set_state(InputState::kRunning, health.reason);
    case TELLTALE_HEALTH_CONNECTING:
      return set_state(InputState::kConnecting, health.reason);
    default:
      if (lines_.admit(context_.clock.boot_now())) log_.warning("{}", health.reason);
      return set_state(InputState::kFailing, health.reason);
  }
}

void InputSlot::on_counters(const CountersMessage& counters) {
  status_.counters = counters.totals;
  set_state(status_.state, status_.reason);
}

void InputSlot::on_refused(const RefusedMessage& refused) {
  // What a child says of the time is not believed where it cannot be.
  const std::int64_t now = context_.clock.boot_now().time_since_epoch().count();
  const core::Duration age(now - std::clamp<std::int64_t>(refused.at, 0, now));
  status_.refused = core::RefusedPayloads{
      refused.reasons, context_.clock.wall_now() - age, refused.reason, refused.source, refused.detail, refused.payload,
      refused.bytes};
  set_state(status_.state, status_.reason);
}

void InputSlot::remember_error(const std::string& reason) {
  status_.last_error = reason;
  status_.last_error_at = context_.clock.wall_now();
  log_.error("{}", reason);
}

void InputSlot::on_confined(const ConfinedMessage& confined) {
  context_.paths_guarded = confined.landlock > 0;
  if (std::exchange(context_.kernel_said, true)) return;
  if (confined.landlock == 0) {
    context_.log.warning(
        "this kernel has no Landlock: which files an input may read is not guarded; writing is, unless it was granted");
  }
  if (!confined.calls) {
    context_.log.warning("this kernel has no seccomp filter: which system calls an input makes is not guarded");
  } else if (!confined.named) {
    context_.log.warning("this kernel lets nobody listen to the seccomp filter: what inputs are refused has no name");
  }
}

void InputSlot::on_refusal(const Refusal& refusal) {
  const bool first = status_.denied.count(refusal.call) == 0;
  faults_.refused(refusal);
  unsaid_ = true;
  if (first) set_state(status_.state, status_.reason);
}

void InputSlot::request(core::InputRequest request, std::function<void(core::Result<void>)> done) {
  if (auto fit = RequestDesk::fit(request, config_, plugin_); !fit) return done(fit.error());
  if (instance_ == nullptr || stop_asked_ || !ready_at_) {
    return done(core::make_error(core::ErrorCode::kUnavailable, "the input does not run now", config_.id));
  }
  auto message = requests_.add(std::move(request), context_.clock.boot_now(), std::move(done));
  if (message) instance_->request(std::move(*message));
}

void InputSlot::on_end(const InstanceEnd& end) {
  cancel_timer();
  requests_.fail_all(core::make_error(core::ErrorCode::kUnavailable, "the input ended meanwhile", config_.id));
  source_->retire();
  look_at_report();
  // The caller still holds it.
  const auto instance = std::exchange(instance_, nullptr);
  ring_.reset();
  status_.pid = 0;
  const bool asked_for = stopped_ || next_config_;
  if (!asked_for || !end.reason.empty()) report_end(end);
  report_.reset();
  if (!asked_for) return restart_after(end);
  if (stopped_) return say_stopped();
  config_ = std::move(*next_config_);
  next_config_.reset();
  plugin_.reset();
  start();
}

void InputSlot::report_end(const InstanceEnd& end) {
  InstanceEnd told = end;
  // It was asked where it hangs, and ended of that.
  if (!end_reason_.empty()) told.cause = told.reason = end_reason_;
  faults_.ended(told, report_->report().crash, {last_lines_.begin(), last_lines_.end()}, context_.name_functions,
                [this] { set_state(status_.state, status_.reason); });
  remember_error(told.reason);
}

void InputSlot::restart_after(const InstanceEnd& end) {
  ++status_.restarts;
  const core::Duration ran = ready_at_ ? context_.clock.boot_now() - *ready_at_ : core::Duration{};
  start_after(end.by_configuration ? backoff_.after_hopeless_run(ran, context_.random)
                                   : backoff_.after_run(ran, context_.random));
}

void InputSlot::check() {
  if (instance_ == nullptr) return;
  // A producer whose ring is damaged may never wake anybody: then this is how it is found.
  source_->poke();
  if (source_->suspect()) {
    instance_->end("its ring made no sense: its memory was overwritten");
    return;
  }
  look_at_report();
  look_at_file();
  if (unsaid_) set_state(status_.state, status_.reason);
  if (end_reason_.empty()) check_hang();
}

void InputSlot::resolver_was_replaced() {
  if (instance_ == nullptr || !config_.isolated || stop_asked_ || !context_.paths_guarded) return;
  if (((plugin_->needs | config_.grants.needs) & TELLTALE_NEEDS_NETWORK) == 0) return;
  log_.notice("/etc/resolv.conf was replaced: restarted to read the new one");
  replace(config_);
}

void InputSlot::look_at_report() {
  const InstanceReport& report = report_->report();
  unsaid_ = faults_.look_at_paths(report.paths) || unsaid_;
  if (interval_.count() == 0) return;
  const PollTiming& timing = report.timing;
  core::PollTimes times;
  times.interval = interval_;
  times.polls = timing.polls.load(std::memory_order_relaxed);
  times.skipped = timing.skipped.load(std::memory_order_relaxed);
  times.late_p99 = timing.late.quantile(0.99);
  times.late_max = timing.late.most();
  times.run_p99 = timing.run.quantile(0.99);
  times.run_max = timing.run.most();
  unsaid_ = unsaid_ || !status_.polling || status_.polling->polls != times.polls;
  status_.polling = times;
}

void InputSlot::look_at_file() {
  const auto now = FileIdentity::of(plugin_->file);
  const bool other = now.has_value() && now != plugin_identity_;
  if (other == status_.update_available) return;
  if (other) log_.notice("{} has changed: `telltale input restart {}` takes the new one", plugin_->file, config_.id);
  status_.update_available = other;
  unsaid_ = true;
}

void InputSlot::check_hang() {
  const auto now = std::chrono::steady_clock::now();
  const std::int64_t call = ring_->header().in_call_since.load(std::memory_order_relaxed);
  const core::Duration in_call = call_watch_.unchanged_for(call, now);
  const core::Duration floor =
      plugin_->offers(TELLTALE_SINK_1) ? context_.settings.hang_of_sink : context_.settings.hang_floor;
  const core::Duration limit = std::max(floor, context_.settings.hang_intervals * interval_);
  const bool isolated = instance_->pid() != 0;
  if (call != 0 && in_call > limit) {
    const std::string why = "hung: the plugin did not return from a call for " +
                            core::format_duration(std::chrono::floor<std::chrono::milliseconds>(in_call));
    if (isolated) return end_hung(why);
    if (!std::exchange(hang_said_, true)) remember_error(why + "; it runs in the daemon and cannot be ended");
    return set_state(InputState::kFailing, why);
  }
  if (!isolated) return;
  const std::int64_t beat = ring_->header().heartbeat.load(std::memory_order_relaxed);
  if (heartbeat_watch_.unchanged_for(beat, now) > context_.settings.heartbeat_limit) {
    instance_->end("hung: its process gives no sign of life");
  }
}

// It is asked where it is first: a backtrace of what hangs is worth a moment.
void InputSlot::end_hung(const std::string& why) {
  end_reason_ = why;
  instance_->ask_where_it_is();
  if (!stop_asked_) call_after(context_.settings.answer_grace, &InputSlot::end_now);
}

void InputSlot::end_now() {
  if (instance_ != nullptr) instance_->end(end_reason_);
}

}  // namespace telltale::host
