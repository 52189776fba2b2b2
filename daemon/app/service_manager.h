// What the service manager is told, and what it hands over: the protocols of sd_notify(3) and sd_listen_fds(3), which
// are two environment variables and one datagram; libsystemd would cost 0.7 MB of memory for them. Without a service
// manager every call does nothing.
//
// Made once, before there are threads and children: it takes its variables out of the environment, so that no plugin
// speaks in the daemon's name. The calls that tell are for any thread, and never block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"

namespace telltale::app {

class ServiceManager {
 public:
  static ServiceManager of_this_process();

  // How long it waits for a sign of life before it kills us; 0: it does not.
  [[nodiscard]] core::Duration watchdog() const { return watchdog_; }
  // Listening sockets that it kept over a restart, or opened for us. They stay ours.
  [[nodiscard]] std::vector<int> sockets() const;
  // After the server has taken what it wants of sockets(): what is left is closed, `listening` is kept for the next
  // start, so that who connects in between waits in its queue instead of being refused.
  void keep_socket(int listening);

  void ready(std::string_view status) const;
  void reloading() const;
  // In one line; what `systemctl status` shows.
  void status(std::string_view text) const;
  void stopping() const;
  void alive() const;

 private:
  ServiceManager() = default;
  void tell(std::string_view message, int attached = -1) const;

  // Constant after construction, but for the sockets, which belong to the thread that starts the daemon.
  std::string address_;  // empty: nobody listens
  core::Duration watchdog_{};
  std::vector<core::Fd> sockets_;
};

}  // namespace telltale::app
