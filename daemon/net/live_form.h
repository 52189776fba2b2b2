// How live messages look on the wire: JSON texts, or bytes in columns. Both carry the same content;
// docs/live-protocol.md describes them. Encoders are constant and shared; a RowWriter belongs to its feed, net thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/selector.h"
#include "daemon/core/series.h"
#include "daemon/net/frame_ring.h"
#include "daemon/net/live_row.h"

namespace telltale::net {

enum class LiveForm : std::uint8_t { kJson, kBinary };

// The WebSocket subprotocol that speaks it.
[[nodiscard]] constexpr std::string_view subprotocol_of(LiveForm form) {
  return form == LiveForm::kJson ? "telltale.json.v1" : "telltale.binary.v1";
}

enum class LiveOp : std::uint8_t { kHello, kSeries, kData, kGap, kError };

struct LiveHello {
  std::string_view version;
  std::string_view boot;
  std::int64_t time_ms = 0;
};

struct LiveProblem {
  std::string_view id;
  std::string_view code;
  std::string_view message;
};

// A series, or a statistic of one, as a `series` message announces it.
struct LiveItem {
  std::uint32_t ref = 0;
  const core::SeriesInfo& series;
  const std::optional<core::WindowStat>& statistic;
};

// The rows of one `data` message, gathered one by one.
class RowWriter {
 public:
  RowWriter() = default;
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  virtual ~RowWriter() = default;

  virtual void add(std::uint32_t ref, const core::SeriesInfo& series, bool statistic, const RowValue& row) = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  [[nodiscard]] virtual bool empty() const = 0;
  virtual void clear() = 0;
  // What follows the head of the message. It is empty afterwards, and must not have been before.
  [[nodiscard]] virtual FrameBody take(std::int64_t seq) = 0;
};

class LiveEncoder {
 public:
  LiveEncoder() = default;
  LiveEncoder(const LiveEncoder&) = delete;
  LiveEncoder& operator=(const LiveEncoder&) = delete;
  virtual ~LiveEncoder() = default;

  // What a viewer's own message begins with; the body behind it is shared by all viewers of a feed.
  [[nodiscard]] virtual std::string head(LiveOp op, std::string_view id) const = 0;
  [[nodiscard]] virtual FrameBody series(std::span<const LiveItem> items) const = 0;
  [[nodiscard]] virtual FrameBody gap(GapSpan span) const = 0;
  [[nodiscard]] virtual std::unique_ptr<RowWriter> rows() const = 0;
  // Whole messages.
  [[nodiscard]] virtual std::string hello(const LiveHello& hello) const = 0;
  [[nodiscard]] virtual std::string error(const LiveProblem& problem) const = 0;
};

[[nodiscard]] const LiveEncoder& encoder_of(LiveForm form);
[[nodiscard]] const LiveEncoder& json_encoder();
[[nodiscard]] const LiveEncoder& binary_encoder();

}  // namespace telltale::net
