// The daemon's end of the control channel, as bytes and the one descriptor that comes with them. Supervisor's thread.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include "daemon/core/fd.h"

namespace telltale::host {

class ChildChannel {
 public:
  // What is there to read: empty when nothing is, none when the channel has ended.
  [[nodiscard]] std::optional<std::string_view> receive(int socket) {
    iovec bytes{bytes_.data(), bytes_.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> ancillary{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = ancillary.data();
    header.msg_controllen = ancillary.size();
    const auto got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::string_view();
    if (got <= 0) return std::nullopt;
    const cmsghdr* rights = CMSG_FIRSTHDR(&header);
    if (rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(rights), sizeof number);
      core::Fd sent(number);
      // One, before the plugin is loaded; what a plugin sends is closed.
      if (!std::exchange(taken_, true)) descriptor_ = std::move(sent);
    }
    return std::string_view(bytes_.data(), static_cast<std::size_t>(got));
  }
  [[nodiscard]] core::Fd take_descriptor() { return std::move(descriptor_); }

 private:
  std::array<char, 8'192> bytes_{};
  core::Fd descriptor_;
  bool taken_ = false;
};

}  // namespace telltale::host
