// What Paho's threads have to say to the session's thread: they write, never wait, and the session polls.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace telltale::mqtt {

// How an action (connect, subscribe, disconnect) ended.
struct Outcome {
  bool good = false;
  int code = 0;                // Paho's MQTTASYNC_… below 0, or the broker's reason
  std::vector<int> granted{};  // of a subscription: a code for each topic
};

// Bounded: one slot for each thing that can be told. Any thread writes; the session's thread reads.
class Mailbox {
 public:
  Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  void put_outcome(Outcome outcome);
  void put_lost();
  // What was waited for may be there.
  void wake() const;

  // Takes the outcome of the action under way, if there is one.
  [[nodiscard]] std::optional<Outcome> take_outcome();
  [[nodiscard]] bool lost() const;

  enum class Woken : std::uint8_t { kMail, kStop, kOther, kTimeout };
  // Waits for mail, for the stop, for another descriptor to be readable (-1: none), or for the time to pass.
  [[nodiscard]] Woken wait(int stop_fd, int other_fd, std::chrono::milliseconds patience);

 private:
  int event_fd_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<Outcome> outcome_;
  bool lost_ = false;
};

}  // namespace telltale::mqtt
