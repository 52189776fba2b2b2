// The host as the plugin sees it in a case: takes everything, checks it against the ABI, and remembers what was wrong.
// In the case's process; the functions of the ABI may be called from every thread, the rest from the case's own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/ext/draft/refusal.h>
#include <telltale/ext/log.h>
#include <telltale/host.h>

#include "sdk/validator/stage.h"

namespace telltale::validator {

// What was wrong, under the id of the case that is about it.
struct Problem {
  std::string_view topic;
  std::string text;
};

class RecordingHost {
 public:
  // Borrows all of it until it ends.
  RecordingHost(std::string id, const telltale_value& options, Stage& stage);
  RecordingHost(const RecordingHost&) = delete;
  RecordingHost& operator=(const RecordingHost&) = delete;
  ~RecordingHost() = default;

  [[nodiscard]] const telltale_host& c_host() const { return host_; }

  // How it behaves.
  void answer_full(bool full) { full_ = full; }
  void refuse_series(bool refuse) { refuse_series_ = refuse; }  // of a probe, which publishes nothing
  // The host's clock is this much ahead of the machine's; times are not judged then.
  void jump_clock(std::int64_t nanoseconds) { ahead_ = nanoseconds; }
  // The instance ended: no call may come any more.
  void end() { ended_ = true; }

  // What happened.
  [[nodiscard]] std::vector<Problem> problems() const;
  [[nodiscard]] std::vector<std::string> series() const;  // canonical keys, in the order of declaration
  [[nodiscard]] std::uint64_t published() const { return published_; }
  [[nodiscard]] std::uint64_t calls_of_publish() const { return publishes_; }
  [[nodiscard]] std::uint64_t log_lines() const { return log_lines_; }
  [[nodiscard]] std::string last_log() const;
  // A check that is not the host's own adds to it.
  void note(std::string_view topic, std::string text);

 private:
  struct Declared {
    std::string key;
    std::uint32_t kind = 0;
    std::int64_t last_time = 0;
    std::vector<std::int64_t> states;
  };

  static RecordingHost& self(const telltale_host* host);
  static const void* get_interface(const telltale_host* host, const char* id);
  static telltale_result declare_series(const telltale_host* host, const telltale_series* series,
                                        std::uint32_t* number);
  static telltale_result publish(const telltale_host* host, const telltale_reading* readings, std::uint32_t count);
  static telltale_result publish_text(const telltale_host* host, const telltale_reading* reading, telltale_str text);
  static std::int64_t now(const telltale_host* host);
  static void log(const telltale_host* host, std::int32_t severity, telltale_str text);
  static void refuse(const telltale_host* host, const telltale_refusal* refusal);
  static void log_fields(const telltale_host* host, std::int32_t severity, telltale_str text,
                         const telltale_log_field* fields, std::uint32_t count);
  static void health(const telltale_host* host, std::int32_t health, telltale_str reason);
  static void count(const telltale_host* host, telltale_str name, std::uint64_t amount);

  void called(const char* function);
  bool check_declaration(const telltale_series& series, std::string& key);
  bool check_labels(const telltale_series& series, std::string& key);
  bool check_states(const telltale_series& series);
  telltale_result declare(const telltale_series& series, std::uint32_t& number);
  telltale_result take(const telltale_reading* readings, std::uint32_t count, bool text);
  bool check_reading(const telltale_reading& reading, bool text);
  void check_time(const telltale_reading& reading, Declared& series);
  void check_rate(std::uint32_t count);
  void check_log(std::int32_t severity, telltale_str text);

  telltale_host host_{};
  std::string id_;
  Stage& stage_;
  std::atomic<bool> full_{false};
  std::atomic<bool> refuse_series_{false};
  std::atomic<bool> ended_{false};
  std::atomic<std::int64_t> ahead_{0};
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> publishes_{0};
  std::atomic<std::uint64_t> log_lines_{0};

  mutable std::mutex mutex_;  // guards all below
  std::vector<Problem> problems_;
  std::deque<Declared> declared_;  // stable: a thread may hold one while another declares
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::map<std::string, std::uint64_t, std::less<>> counters_;
  std::string last_log_;
  std::int64_t window_begin_ = 0;  // of the readings counted for the rate
  std::uint64_t window_readings_ = 0;
  std::size_t declared_bytes_ = 0;
};

}  // namespace telltale::validator
