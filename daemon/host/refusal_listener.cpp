#include "daemon/host/refusal_listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/host/process_tree.h"
#include "daemon/host/syscall_names.h"

namespace telltale::host {

namespace {

namespace asio = boost::asio;

constexpr int kCallsPerTick = 200;
constexpr auto kTick = std::chrono::milliseconds(50);

// The kernel's structs may be longer than those that we were built with; it wants them zeroed.
template <class Struct>
union Roomy {
  Struct value;
  std::array<char, 512> room;
};

constexpr std::pair<int, std::string_view> kFamilies[] = {
    {AF_UNIX, "AF_UNIX"},     {AF_INET, "AF_INET"},           {AF_INET6, "AF_INET6"}, {AF_NETLINK, "AF_NETLINK"},
    {AF_PACKET, "AF_PACKET"}, {AF_BLUETOOTH, "AF_BLUETOOTH"}, {AF_CAN, "AF_CAN"}};

constexpr std::string_view kForks[] = {"clone", "fork", "vfork", "execve", "execveat", "setsid", "setpgid"};
constexpr std::string_view kWrites[] = {"open",   "openat",  "mkdir",     "mkdirat", "unlink",    "unlinkat",
                                        "rename", "rename",  "renameat",  "rmdir",   "renameat2", "link",
                                        "linkat", "symlink", "symlinkat", "creat",   "fchmod",    "fchown"};
constexpr std::string_view kConnections[] = {"connect", "bind", "listen", "accept", "accept4"};

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Refusal describe_socket(std::uint64_t family) {
  const auto* const found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                         [family](const auto& known) { return std::cmp_equal(known.first, family); });
  Refusal refusal{"socket", "socket(" + std::to_string(family) + ")", {}};
  if (found != std::end(kFamilies)) refusal.shown = "socket(" + std::string(found->second) + ")";
  if (family == AF_INET || family == AF_INET6) refusal.mend = "allow: {network: true}";
  if (family == AF_UNIX || family == AF_NETLINK) refusal.mend = "allow: {local_sockets: true}";
  return refusal;
}

class Listener final : public RefusalListener, public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& context, core::Fd listener, std::vector<CallRule> rules, int pid, std::uint32_t limit,
           Report report)
      : descriptor_(context, listener.release()),
        pause_(context),
        rules_(std::move(rules)),
        pid_(pid),
        limit_(limit),
        report_(std::move(report)) {}

  void wait() {
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                           [self = shared_from_this()](boost::system::error_code failed) {
                             if (!failed && self->report_) self->answer_some();
                           });
  }
  void close() override {
    report_ = nullptr;
    boost::system::error_code ignored;
    descriptor_.close(ignored);
    pause_.cancel();
  }

 private:
  // Before each call that would wait.
  [[nodiscard]] bool ready() {
    pollfd waiting{descriptor_.native_handle(), POLLIN, 0};
    if (::poll(&waiting, 1, 0) <= 0) return false;
    if ((waiting.revents & POLLIN) == 0) gone_ = true;
    return !gone_;
  }
  void answer_some() {
    for (int i = 0; i < kCallsPerTick; ++i) {
      if (!ready()) return gone_ ? close() : wait();
      answer_one();
      if (!report_) return;
    }
    pause_.expires_after(kTick);
    pause_.async_wait([self = shared_from_this()](boost::system::error_code failed) {
      if (!failed && self->report_) self->answer_some();
    });
  }
  void answer_one() {
    Roomy<seccomp_notif> call{};
    call.room.fill(0);
    if (::ioctl(descriptor_.native_handle(), SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
    Roomy<seccomp_notif_resp> answer{};
    answer.room.fill(0);
    answer.value.id = call.value.id;
    const int error = decide(call.value.data);
    if (error == 0) answer.value.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    answer.value.error = -error;
    ::ioctl(descriptor_.native_handle(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
  // 0: the call may go on; its arguments are in registers, and the same when it does.
  int decide(const seccomp_data& data) {
    std::array<std::uint64_t, 6> arguments{};
    std::copy(std::begin(data.args), std::end(data.args), arguments.begin());
    const std::string name = syscall_name(data.nr);
    if (decide_call(rules_, data.nr, arguments) == CallVerdict::kAsk) {
      if (name == "clone" || name == "fork" || name == "vfork") return count_one_more(name);
      if (is_of_session(static_cast<std::int32_t>(data.args[0]), pid_)) return 0;
    }
    report_(describe_refusal(data.nr, data.args[0]));
    return EPERM;
  }
  int count_one_more(const std::string& name) {
    const std::size_t tasks = count_tasks(pid_, limit_);
    if (tasks < limit_) return 0;
    report_({name, name + " of thread or process " + std::to_string(tasks + 1),
             "limits: {processes: N} with more than " + std::to_string(limit_)});
    return EAGAIN;
  }

  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer pause_;
  const std::vector<CallRule> rules_;
  const int pid_;
  const std::uint32_t limit_;
  Report report_;
  bool gone_ = false;
};

}  // namespace

std::shared_ptr<RefusalListener> RefusalListener::listen(asio::io_context& context, core::Fd listener,
                                                         std::vector<CallRule> rules, int pid, std::uint32_t limit,
                                                         Report report) {
  auto made = std::make_shared<Listener>(context, std::move(listener), std::move(rules), pid, limit, std::move(report));
  made->wait();
  return made;
}

Refusal describe_refusal(int number, std::uint64_t first_argument) {
  const std::string name = syscall_name(number);
  if (name == "socket") return describe_socket(first_argument);
  Refusal refusal{name, name, {}};
  if (name == "kill" || name == "tgkill" || name == "tkill") {
    refusal.shown += "(" + std::to_string(static_cast<std::int32_t>(first_argument)) + ")";
  }
  if (among(kForks, name)) refusal.mend = "allow: {processes: true}";
  if (among(kWrites, name)) refusal.mend = "allow: {write: [PATH]}";
  if (among(kConnections, name)) refusal.mend = "allow: {network: true}";
  if (name == "ioctl") refusal.mend = "allow: {devices: true}";
  return refusal;
}

}  // namespace telltale::host
