// The telltale_host of one instance: what the plugin calls. Every function of the C struct may be called from any
// thread; they are serialised here, so the ring has one producer. Owned by an InstanceRunner's owner, and outlives
// the instance.
//
// What an instance says of itself goes two ways: log lines at once (InstanceListener::on_log), health and counters
// as the latest state, fetched by whoever is told that it changed. So a plugin that counts a million times a second
// costs a million additions, and no message.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <telltale/host.h>

#include "daemon/core/clock.h"
#include "daemon/core/mutex.h"
#include "daemon/core/option_schema.h"
#include "daemon/host/control_message.h"
#include "daemon/host/rate_limit.h"
#include "daemon/host/ring_writer.h"

namespace telltale::host {

// Who listens to an instance: the control channel of its process, or the daemon itself. Called from any thread,
// with no lock held; must not block.
class InstanceListener {
 public:
  InstanceListener() = default;
  InstanceListener(const InstanceListener&) = delete;
  InstanceListener& operator=(const InstanceListener&) = delete;
  virtual ~InstanceListener() = default;
  // The instance exists and is about to run. `interval` 0: a stream. [instance]
  virtual void on_ready(core::Duration interval) = 0;
  virtual void on_log(const LogMessage& line) = 0;
  // take_changes() has something, after it had nothing.
  virtual void on_change() = 0;
};

class InstanceHost {
 public:
  InstanceHost(std::string id, const core::OptionValue& options, RingWriter ring, InstanceListener& listener,
               const core::Clock& clock);
  InstanceHost(const InstanceHost&) = delete;
  InstanceHost& operator=(const InstanceHost&) = delete;
  ~InstanceHost() = default;

  [[nodiscard]] const telltale_host& c_host() const { return host_; }
  // enter_call, leave_call and beat only.
  [[nodiscard]] RingWriter& ring() { return ring_; }
  [[nodiscard]] InstanceListener& listener() { return listener_; }
  [[nodiscard]] const core::Clock& clock() const { return clock_; }

  struct Changes {
    std::optional<HealthMessage> health;
    std::optional<CountersMessage> counters;
    std::optional<RefusedMessage> refused;
  };
  [[nodiscard]] Changes take_changes();
  // Grows whenever health is said.
  [[nodiscard]] std::uint64_t health_version() const;
  // The last line of severity error or warning; empty when there was none.
  [[nodiscard]] std::string last_error_line() const;

  // The plugin's own loop runs now: its first reading, or one that it has published already, says that it is well
  // unless it says itself how it is. (Of polls it is what they answer that says so.)
  void well_once_published();

  void log(std::int32_t severity, std::string_view text);
  void health(std::int32_t health, std::string_view reason);
  void count(std::string_view name, std::uint64_t amount);
  // `bytes`: of the payload, of which no more than its beginning need be there.
  void refuse(std::string_view reason, std::string_view source, std::string_view detail, std::string_view payload,
              std::uint64_t bytes);

 private:
  struct Calls;  // the C functions
  telltale_result declare(const telltale_series& series, std::uint32_t& number);
  telltale_result publish(const telltale_reading* readings, std::uint32_t count);
  telltale_result publish_text(const telltale_reading& reading, std::string_view text);
  [[nodiscard]] bool nothing_changed() const TELLTALE_REQUIRES(mutex_);
  void note_published();
  void say_well_unless_said();

  const std::string id_;
  const core::OptionTree options_;
  InstanceListener& listener_;
  const core::Clock& clock_;
  telltale_host host_{};
  RingWriter ring_;  // publishing needs ring_mutex_; its words of life need nothing
  std::atomic<bool> published_{false};
  std::atomic<bool> publishing_says_well_{false};

  mutable core::Mutex ring_mutex_;
  std::unordered_map<std::string, std::uint32_t> numbers_ TELLTALE_GUARDED_BY(ring_mutex_);
  std::vector<std::uint8_t> kinds_ TELLTALE_GUARDED_BY(ring_mutex_);
  std::vector<telltale_reading> stamped_ TELLTALE_GUARDED_BY(ring_mutex_);

  mutable core::Mutex mutex_;
  RateLimit lines_ TELLTALE_GUARDED_BY(mutex_){kLinesPerSecond};
  std::string last_error_line_ TELLTALE_GUARDED_BY(mutex_);
  HealthMessage health_ TELLTALE_GUARDED_BY(mutex_);
  CountersMessage counters_ TELLTALE_GUARDED_BY(mutex_);
  RefusedMessage refused_ TELLTALE_GUARDED_BY(mutex_);  // its texts as they came, cut
  std::uint64_t health_version_ TELLTALE_GUARDED_BY(mutex_) = 0;
  bool health_changed_ TELLTALE_GUARDED_BY(mutex_) = false;
  bool counters_changed_ TELLTALE_GUARDED_BY(mutex_) = false;
  bool refused_changed_ TELLTALE_GUARDED_BY(mutex_) = false;
};

}  // namespace telltale::host
