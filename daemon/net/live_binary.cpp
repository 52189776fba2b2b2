// The binary form of live messages, telltale.binary.v1: docs/live-protocol.md has the bytes.
#include <bit>
#include <cmath>

#include "daemon/net/live_form.h"

namespace telltale::net {

namespace {

constexpr std::uint8_t kMarksFollow = 1;  // flag of `data`: not every row is a good number
constexpr std::uint8_t kTextMark = 4;     // beside the quality in a row's mark: the value is a text
constexpr std::uint8_t kHasTitle = 1;     // flags of a series
constexpr std::uint8_t kHasDecimals = 2;
constexpr std::uint8_t kHasRange = 4;
constexpr std::uint8_t kHasStates = 8;

FrameBody shared(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

void put_byte(std::string& out, unsigned value) { out += static_cast<char>(static_cast<unsigned char>(value)); }

void put_count(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    put_byte(out, static_cast<unsigned>(value & 0x7f) | 0x80U);
    value >>= 7;
  }
  put_byte(out, static_cast<unsigned>(value));
}

// Zigzag: small numbers of either sign are short.
void put_integer(std::string& out, std::int64_t value) {
  put_count(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

// `after` the one before; in the arithmetic of 64 bits, which wraps.
void put_step(std::string& out, std::int64_t before, std::int64_t after) {
  put_integer(out, static_cast<std::int64_t>(static_cast<std::uint64_t>(after) - static_cast<std::uint64_t>(before)));
}

void put_text(std::string& out, std::string_view text) {
  put_count(out, text.size());
  out += text;
}

void put_double(std::string& out, double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i, bits >>= 8) put_byte(out, static_cast<unsigned>(bits & 0xff));
}

void put_series(std::string& out, const LiveItem& item) {
  const auto& declared = item.series.declaration;
  const bool counts = item.statistic && item.statistic->stat == core::Stat::kCount;
  const bool states = !item.statistic && !declared.states.empty();
  put_count(out, item.ref);
  put_text(out, key_text(item.series, item.statistic));
  put_text(out, item.series.input);
  put_text(out, counts ? std::string_view{} : declared.unit);
  put_byte(out, static_cast<unsigned>(item.statistic ? core::SeriesKind::kGauge : declared.kind));
  put_count(out, declared.key.labels.size());
  for (const auto& [name, value] : declared.key.labels) {
    put_text(out, name);
    put_text(out, value);
  }
  const auto& hint = declared.hint;
  put_byte(out, (hint.title.empty() ? 0U : kHasTitle) | (hint.decimals ? kHasDecimals : 0U) |
                    (hint.range ? kHasRange : 0U) | (states ? kHasStates : 0U));
  if (!hint.title.empty()) put_text(out, hint.title);
  if (hint.decimals) put_count(out, static_cast<std::uint64_t>(*hint.decimals));
  if (hint.range) {
    put_double(out, hint.range->first);
    put_double(out, hint.range->second);
  }
  if (!states) return;
  put_count(out, declared.states.size());
  for (const auto& [value, name] : declared.states) {
    put_integer(out, value);
    put_text(out, name);
  }
}

class BinaryRows final : public RowWriter {
 public:
  void add(std::uint32_t ref, const core::SeriesInfo& series, bool statistic, const RowValue& row) override {
    const bool text = !statistic && series.declaration.kind == core::SeriesKind::kEvent;
    ++count_;
    put_step(refs_, last_ref_, ref);
    put_step(times_, last_time_, row.time_ms);
    last_ref_ = ref;
    last_time_ = row.time_ms;
    const unsigned mark = static_cast<unsigned>(row.quality) | (text ? kTextMark : 0U);
    put_byte(marks_, mark);
    marked_ = marked_ || mark != 0;
    if (text) {
      put_text(texts_, row.text);
    } else {
      put_double(values_, row.value);
    }
  }
  [[nodiscard]] std::size_t bytes() const override {
    return refs_.size() + times_.size() + marks_.size() + values_.size() + texts_.size();
  }
  [[nodiscard]] bool empty() const override { return count_ == 0; }
  void clear() override {
    for (std::string* column : {&refs_, &times_, &marks_, &values_, &texts_}) column->clear();
    count_ = 0;
    last_ref_ = 0;
    last_time_ = 0;
    marked_ = false;
  }
  [[nodiscard]] FrameBody take(std::int64_t seq) override {
    std::string body;
    body.reserve(bytes() + 24);
    put_integer(body, seq);
    put_count(body, count_);
    put_byte(body, marked_ ? kMarksFollow : 0U);
    body += refs_;
    body += times_;
    if (marked_) body += marks_;
    body += values_;
    body += texts_;
    clear();
    return shared(std::move(body));
  }

 private:
  std::uint64_t count_ = 0;
  std::int64_t last_ref_ = 0;
  std::int64_t last_time_ = 0;
  bool marked_ = false;
  std::string refs_;
  std::string times_;
  std::string marks_;
  std::string values_;
  std::string texts_;
};

class BinaryEncoder final : public LiveEncoder {
 public:
  [[nodiscard]] std::string head(LiveOp op, std::string_view id) const override {
    std::string head = begin(op);
    put_text(head, id);
    return head;
  }

  // Each series has its length before it, so that a reader steps over what a later version adds.
  [[nodiscard]] FrameBody series(std::span<const LiveItem> items) const override {
    std::string body;
    put_count(body, items.size());
    std::string one;
    for (const LiveItem& item : items) {
      one.clear();
      put_series(one, item);
      put_text(body, one);
    }
    return shared(std::move(body));
  }

  [[nodiscard]] FrameBody gap(GapSpan span) const override {
    std::string body;
    put_integer(body, span.from);
    put_integer(body, span.to);
    return shared(std::move(body));
  }

  [[nodiscard]] std::unique_ptr<RowWriter> rows() const override { return std::make_unique<BinaryRows>(); }

  [[nodiscard]] std::string hello(const LiveHello& hello) const override {
    std::string message = begin(LiveOp::kHello);
    put_text(message, hello.version);
    put_text(message, hello.boot);
    put_integer(message, hello.time_ms);
    return message;
  }

  [[nodiscard]] std::string error(const LiveProblem& problem) const override {
    std::string message = head(LiveOp::kError, problem.id);
    put_text(message, problem.code);
    put_text(message, problem.message);
    return message;
  }

 private:
  static std::string begin(LiveOp op) {
    std::string message;
    put_byte(message, static_cast<unsigned>(op) + 1);  // 1 hello, 2 series, 3 data, 4 gap, 5 error
    return message;
  }
};

}  // namespace

const LiveEncoder& binary_encoder() {
  static const BinaryEncoder kEncoder;
  return kEncoder;
}

}  // namespace telltale::net
