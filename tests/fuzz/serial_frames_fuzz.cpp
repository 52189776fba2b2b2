// Bytes of a serial line as strangers send them: the first byte chooses the framing, the second the pieces in which the
// rest arrives. Whatever comes, a framer holds no more than its limit, and hands on only frames whose checksum is
// right.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/serial/framing/byte_text.h"
#include "plugins/serial/framing/framer.h"
#include "plugins/serial/probe/guess.h"

using namespace telltale::serial;
using telltale::payload::Checksum;

namespace {

constexpr std::size_t kMaxSize = 64;

class Check final : public FrameSink {
 public:
  explicit Check(const FrameRules& rules) : rules_(rules) {}
  void frame(std::string_view bytes) override {
    if (bytes.size() > kMaxSize) std::abort();
    const bool is_sized = rules_.kind == FrameKind::kFixed || rules_.kind == FrameKind::kLength;
    if (rules_.kind == FrameKind::kFixed && bytes.size() != rules_.size) std::abort();
    if (is_sized && !check_and_strip(rules_, bytes)) std::abort();
  }
  void dropped(std::string_view reason, std::string_view /*bytes*/) override {
    if (reason.empty()) std::abort();
  }

 private:
  const FrameRules& rules_;
};

FrameRules rules_of(std::uint8_t choice) {
  FrameRules rules;
  rules.max_size = kMaxSize;
  rules.kind = static_cast<FrameKind>(choice % 5);
  const bool first = (choice & 0x10U) != 0;
  const bool second = (choice & 0x20U) != 0;
  if (second) rules.checksum = rules.kind == FrameKind::kLine ? Checksum::kSum8 : Checksum::kXor;
  if (rules.kind == FrameKind::kLine && second) rules.checksum_form = ChecksumForm::kHex;
  if (first) rules.start = "\x02";
  if ((choice & 0x40U) != 0) rules.gap = std::chrono::milliseconds(3);
  rules.size = 5;
  rules.length_adds = 2;
  rules.length_at = first ? 1 : 0;
  rules.end = (choice & 0x80U) != 0 ? "\x10\x03" : "\x02";
  if ((choice & 0x80U) != 0) rules.escape = '\x10';
  if (rules.kind == FrameKind::kSilence) rules.gap = std::chrono::milliseconds(3);
  return rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const FrameRules rules = rules_of(data[0]);
  Framer framer(rules);
  Check check(rules);
  Time now{};
  framer.reset(now, (data[1] & 0x80U) != 0);
  const std::size_t piece = 1 + data[1] % 16U;
  for (std::size_t at = 2; at < size; at += piece) {
    const std::size_t end = at + piece < size ? at + piece : size;
    const std::vector<char> exact(data + at, data + end);
    now += std::chrono::milliseconds(exact[0] & 7);
    framer.feed({exact.data(), exact.size()}, now, check);
    if (framer.pending() > kMaxSize) std::abort();
  }
  framer.idle(now + std::chrono::seconds(1), check);
  const std::string text(data + 1, data + size);
  (void)bytes_of(text);
  if (guess(text).confidence > 100) std::abort();
  return 0;
}
