// The producing end of a ring. Owned by one instance; one caller at a time (InstanceHost serialises), but for the
// two words of life, which any thread may set.
//
// No wake-up is lost: the producer stores write_position, then looks whether the consumer sleeps; the consumer
// says that it sleeps, then looks at write_position again; a sequentially consistent fence stands between the two
// steps on both sides, so at least one of them sees the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <telltale/host.h>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/host/ring_mapping.h"

namespace telltale::host {

class RingWriter {
 public:
  // `ring` is new: nothing was published into it. `wake` is the consumer's eventfd.
  RingWriter(std::shared_ptr<RingMapping> ring, core::Fd wake);

  // Publishes all or nothing; false: no room, all are counted as dropped. At most kMaxBatch.
  [[nodiscard]] bool publish(std::span<const telltale_reading> readings);
  // `text` has at most kMaxTextBytes.
  [[nodiscard]] bool publish_text(const telltale_reading& reading, std::string_view text);
  // Appends an encoded declaration (declaration_codec.h); it counts for records published from now on. False: the
  // area is full, or the machine has no memory for it.
  [[nodiscard]] bool declare(std::string_view encoded);

  // The instance's thread is inside the plugin since `now`, or no longer.
  void enter_call(core::BootTime now);
  void leave_call();
  void beat(core::BootTime now);

 private:
  // Where a record of that payload goes, or nullptr.
  [[nodiscard]] std::byte* reserve(std::uint64_t payload, std::uint64_t readings);
  void commit(std::uint64_t payload);
  void wake_consumer();

  std::shared_ptr<RingMapping> ring_;
  core::Fd wake_;
  std::uint64_t write_ = 0;
  std::uint64_t declared_ = 0;   // bytes
  std::uint64_t populated_ = 0;  // bytes of the declarations area that have memory
};

}  // namespace telltale::host
