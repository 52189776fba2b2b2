// What a case's process and the validator share: a page that outlives the process, so that the validator can say what
// it was doing when it ended. The child writes, the parent reads; the parent trusts no length in it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace telltale::validator {

// A text of bounded length in shared memory; what is longer is cut.
template <std::size_t kBytes>
class SharedText {
 public:
  void set(std::string_view text) noexcept {
    const std::size_t size = std::min(text.size(), kBytes - 1);
    std::memcpy(bytes_.data(), text.data(), size);
    bytes_[size] = '\0';
  }
  [[nodiscard]] std::string get() const {
    std::array<char, kBytes> copy = bytes_;
    copy.back() = '\0';
    return copy.data();
  }

 private:
  std::array<char, kBytes> bytes_{};
};

// Begins as zeroes. All threads of the child may write; `finish` counts once.
struct Stage {
  std::atomic<std::uint32_t> finished{0};  // 0; 1: being written; 2: status and detail stand
  std::atomic<std::uint32_t> status{0};
  SharedText<2'048> detail;
  SharedText<256> doing;          // `poll, call 5`
  SharedText<512> last_log;       // of the plugin
  SharedText<256> first_problem;  // that the host saw
  SharedText<65> name;            // of the plugin
  SharedText<65> version;
  std::atomic<std::uint32_t> needs{0};
  SharedText<8'192> paths;                // that its options name, a line each
  std::atomic<std::int32_t> listener{0};  // the descriptor of the watch in the child; 0: none yet
  std::atomic<std::int32_t> watched{0};   // 1: the parent watches; -1: it cannot

  void finish(std::uint32_t with_status, std::string_view with_detail) noexcept {
    std::uint32_t open = 0;
    if (!finished.compare_exchange_strong(open, 1)) return;
    status = with_status;
    detail.set(with_detail);
    finished = 2;
  }
};

// The page itself. Owned by the validator; the child has it by inheritance.
class SharedStage {
 public:
  SharedStage();
  SharedStage(const SharedStage&) = delete;
  SharedStage& operator=(const SharedStage&) = delete;
  ~SharedStage();
  [[nodiscard]] Stage& operator*() const { return *stage_; }
  [[nodiscard]] Stage* operator->() const { return stage_; }

 private:
  Stage* stage_;
};

}  // namespace telltale::validator
