// What every payload comes down to: records of named values. Decoders hand them to a receiver, one call for each.
//
//   class Print : public Receiver {
//     void record(const Record& record) override { for (const Item& item : record.items) show(item.name, item.number);
//     } void refused(std::string_view reason, std::string_view detail) override { ++counts_[std::string(reason)]; }
//   };
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <telltale/payload/line_protocol.hpp>

namespace telltale::payload {

inline constexpr std::size_t kMaxPayloadBytes = 256UL * 1024;  // of every form
inline constexpr std::size_t kMaxItems = 1'024;                // of one record

enum class ItemType : std::uint8_t {
  kNumber,
  kBoolean,  // number is 0 or 1
  kText,
  kNull,  // the device says that it has no value
};

// One value. Views live until the receiver returns.
struct Item {
  std::string_view name;  // "weight", "RMC.latitude"; empty when the payload is one value
  ItemType type = ItemType::kNumber;
  double number = 0;      // finite; of a number or boolean
  std::string_view text;  // as it came, where it came as text; valid UTF-8
  std::string_view unit;  // as it came, or what the form says; or empty
};

// Values that belong together: a row, a sentence, a message.
struct Record {
  std::span<const Item> items;
  std::span<const LineTag> labels = {};      // of the series, as line protocol gives them
  std::span<const LineTag> variables = {};   // for names: "talker" of a sentence
  std::string_view time = {};                // as it came, where the form has a place for it
  std::optional<std::int64_t> time_ns = {};  // since 1970-01-01 UTC, where the form itself says it
};

class Receiver {
 public:
  Receiver() = default;
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  virtual void record(const Record& record) = 0;
  // A part that does not fit, or all of it. `reason` is the last part of a counter's name, one of few for each form
  // ("not_json", "wrong_checksum"); `detail` says more in words, or is empty.
  virtual void refused(std::string_view reason, std::string_view detail) = 0;

 protected:
  ~Receiver() = default;
};

// Keeps its storage between payloads. One thread at a time.
class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;

  // Never throws for what a payload holds. Calls `receiver` at least once, but for payloads that say nothing on purpose
  // (a header, a comment, a sentence that was not asked for).
  virtual void decode(std::string_view payload, Receiver& receiver) = 0;
};

// A text as the value it is: a number with or without a unit, on or off and the like, else a text. `decimal_comma`:
// 21,5 is a number, and 21.5 as well. [any]
[[nodiscard]] Item item_of(std::string_view name, std::string_view text, bool decimal_comma = false) noexcept;

}  // namespace telltale::payload
