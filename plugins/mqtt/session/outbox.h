// What message handlers ask of the session: more topic filters, and messages to publish. They write and never wait; the
// session's thread does it, for a handler must not call Paho.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "plugins/mqtt/settings.h"

namespace telltale::mqtt {

struct Outgoing {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
};

// Owned by the input, shared by its handlers and its session. [any]
class Outbox {
 public:
  static constexpr std::size_t kMaxFilters = 4'096;
  static constexpr std::size_t kMaxOutgoing = 256;

  // Begins with these filters.
  explicit Outbox(std::vector<Filter> filters);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();

  // Subscribes to a filter that is new; from now on after each connection. False when there are too many.
  bool subscribe(std::string topic, int qos);
  // False when there are too many to be sent.
  bool publish(Outgoing message);

  // All filters; those after the first `from` of them.
  [[nodiscard]] std::vector<Filter> filters(std::size_t from = 0) const;
  [[nodiscard]] std::vector<Outgoing> take_outgoing();
  // Forgets what was to be sent: it was meant for a connection that is gone.
  void drop_outgoing();

  // Readable when there is something to do; clear() before looking.
  [[nodiscard]] int fd() const { return event_fd_; }
  void clear() const;

 private:
  void wake() const;

  int event_fd_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Filter> filters_;
  std::vector<Outgoing> outgoing_;
};

}  // namespace telltale::mqtt
