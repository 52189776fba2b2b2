// The requests of one input that wait for an answer: numbered, bounded, each with its time. Supervisor's thread. Owned
// by InputSlot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/host/control_message.h"

namespace telltale::host {

class RequestDesk {
 public:
  using Done = std::function<void(core::Result<void>)>;
  static constexpr std::size_t kMaxWaiting = 16;

  explicit RequestDesk(boost::asio::io_context& io) : io_(io) {}
  RequestDesk(const RequestDesk&) = delete;
  RequestDesk& operator=(const RequestDesk&) = delete;
  ~RequestDesk();

  // Whether this input may have such a request at all: kDenied, kInvalid.
  [[nodiscard]] static core::Result<void> fit(const core::InputRequest& request, const core::InputConfig& config,
                                              const std::optional<core::PluginDescription>& plugin);
  // What is to be sent; nothing, and `done` was told, when too many wait already.
  [[nodiscard]] std::optional<RequestMessage> add(core::InputRequest request, core::BootTime now, Done done);
  // One that nobody waits for any more is no surprise.
  void answer(const AnswerMessage& answer);
  void fail_all(const core::Error& why);

 private:
  struct Waiting {
    Done done;
    std::unique_ptr<boost::asio::steady_timer> timer;
  };
  void finish(std::uint64_t number, core::Result<void> how);

  boost::asio::io_context& io_;
  std::shared_ptr<RequestDesk*> self_ = std::make_shared<RequestDesk*>(this);  // of handlers that were queued before
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;
};

}  // namespace telltale::host
