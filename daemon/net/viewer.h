// One connection that watches: its subscriptions and the replies to its messages. A WebSocket or an event stream
// pulls messages from it, one at a time, as fast as its client takes them. Owned by its connection; net thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/net/subscription.h"

namespace telltale::net {

class LiveHub;

class Viewer {
 public:
  explicit Viewer(LiveHub& hub, LiveForm form = LiveForm::kJson);
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  ~Viewer();

  [[nodiscard]] LiveForm form() const { return form_; }

  // Called when there may be a message to pull. Must neither subscribe nor destroy the viewer.
  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  // A message of the client's, `{"op":"subscribe",…}`: JSON, whatever the form of what it is sent.
  void receive(std::string_view message);
  // The first message of a WebSocket.
  void greet();

  struct Wanted {
    std::string id;
    std::vector<std::string> selectors;
    std::optional<double> rate;  // frames a second
    std::optional<std::int64_t> since;
  };
  core::Result<void> subscribe(const Wanted& wanted);

  // The next message; false when there is none now.
  bool next(Outgoing& out);
  // Too many replies wait: no more messages of the client's should be read before they are sent.
  [[nodiscard]] bool saturated() const;

  void wake() {
    if (wake_) wake_();
  }
  // The hub ends: nothing more will come.
  void detach();

 private:
  friend class LiveHub;
  void handle(std::string_view message);
  void reply_error(std::string_view id, std::string_view code, std::string_view message);
  [[nodiscard]] bool spend();

  LiveForm form_;
  LiveHub* hub_;  // none once detached
  std::function<void()> wake_;
  std::vector<std::pair<std::string, std::unique_ptr<Subscription>>> subscriptions_;
  std::size_t turn_ = 0;  // whose message comes next
  std::deque<Outgoing> replies_;
  // A bucket of messages the client may still send.
  double allowance_;
  core::BootTime allowance_at_;
};

}  // namespace telltale::net
