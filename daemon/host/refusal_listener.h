// Answers what the filter of an isolated process refuses or asks about (seccomp_filter.h): it says no by name, counts
// threads and processes against the input's limit, and lets signals go to the input's own processes. On the
// supervisor's thread, a bounded number of calls at a time: a process that does nothing else waits, nobody else does.
// Owned by the instance's life.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/core/fd.h"
#include "daemon/host/syscall_policy.h"

namespace telltale::host {

// "socket", "socket(AF_INET)".
struct Refusal {
  std::string call;
  std::string shown;
  std::string mend;  // what to do about it when it is wanted; may be empty
};

class RefusalListener {
 public:
  using Report = std::function<void(const Refusal&)>;
  RefusalListener() = default;
  RefusalListener(const RefusalListener&) = delete;
  RefusalListener& operator=(const RefusalListener&) = delete;
  virtual ~RefusalListener() = default;
  // No call is answered any more, nothing is reported.
  virtual void close() = 0;

  // `rules` are those that the filter was made of; `pid`: the process; `limit`: of its threads and processes.
  [[nodiscard]] static std::shared_ptr<RefusalListener> listen(boost::asio::io_context& context, core::Fd listener,
                                                               std::vector<CallRule> rules, int pid,
                                                               std::uint32_t limit, Report report);
};

// What a refused call was about, in words. Pure.
[[nodiscard]] Refusal describe_refusal(int number, std::uint64_t first_argument);

}  // namespace telltale::host
