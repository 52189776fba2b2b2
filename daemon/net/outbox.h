// Two texts on their way out, and how much of them is left. For whoever writes them part by part.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace telltale::net {

class Outbox {
 public:
  Outbox() = default;
  // Both must live until everything went out.
  Outbox(std::string_view head, std::string_view body) : head_(head), body_(body) {}

  [[nodiscard]] std::array<boost::asio::const_buffer, 2> buffers(std::size_t at_most) const {
    const std::string_view head = head_.substr(0, at_most);
    const std::string_view body = body_.substr(0, at_most - head.size());
    return {boost::asio::const_buffer(head.data(), head.size()), boost::asio::const_buffer(body.data(), body.size())};
  }
  void advance(std::size_t written) {
    const std::size_t of_head = std::min(written, head_.size());
    head_.remove_prefix(of_head);
    body_.remove_prefix(written - of_head);
  }
  [[nodiscard]] std::size_t left() const { return head_.size() + body_.size(); }

 private:
  std::string_view head_;
  std::string_view body_;
};

}  // namespace telltale::net
