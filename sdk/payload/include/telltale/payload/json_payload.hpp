// Numbers, states and texts out of a JSON payload, whole and valid or not at all.
//
//   JsonDecoder decoder;
//   if (decoder.decode(payload, selection) == JsonFault::kNone)
//     for (const JsonLeaf& leaf : decoder.leaves()) use(leaf.path, leaf.number);
//
// The payload is hostile: size, depth, count of values and length of texts are capped, every byte is checked (RFC 8259,
// UTF-8), and a key that is given twice in one object refuses the message, since readers differ about which one counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <telltale/payload/json_path.hpp>

namespace telltale::payload {

enum class JsonFault : std::uint8_t {
  kNone,
  kNotJson,        // malformed, cut off, or followed by something else
  kNotUtf8,        //
  kNotFinite,      // NaN or Infinity, which some writers put where JSON has no number
  kOutOfRange,     // a number beyond the double's range
  kTooLarge,       // the message
  kTooDeep,        // nesting
  kTooManyValues,  //
  kTextTooLong,    // one text or key
  kDuplicateKey,   //
  kNothingThere,   // nothing at the path, or nothing in the document that could be a reading
  kNotAReading,    // at the path stands a text that is no number
};
// "not_json", "too_deep", …: the last part of a counter's name; empty for kNone. [any]
[[nodiscard]] std::string_view to_word(JsonFault fault) noexcept;

struct JsonLimits {
  std::size_t max_bytes = 256UL * 1024;
  std::size_t max_depth = 64;
  std::size_t max_values = 4'096;  // of all kinds, containers included
  std::size_t max_text_bytes = 4'096;
};

enum class JsonType : std::uint8_t { kNumber, kBoolean, kText, kNull };

// One value. Views live until the decoder's next call.
struct JsonLeaf {
  std::string_view path;  // below the selected place, joined with dots: "a.b.0"; empty for the place itself
  JsonType type = JsonType::kNumber;
  double number = 0;      // of a number: the nearest double; of a boolean 0 or 1
  std::string_view text;  // of a text; of a number: its digits as they came
};

// Texts are leaves only when they are asked for; nulls only at the selected place itself.
enum class JsonTexts : std::uint8_t {
  kIgnore,     // below the selected place; at the place itself a text is kNotAReading
  kAsNumbers,  // those that are numbers as a whole; others are ignored or kNotAReading
  kKeep,
};

struct JsonSelection {
  JsonPath value;                // a scalar, or a container whose leaves are all taken
  std::optional<JsonPath> time;  // a number or text, taken beside
  JsonTexts texts = JsonTexts::kIgnore;
};

// Keeps the storage between messages. Move it, do not share it: one thread at a time.
class JsonDecoder {
 public:
  explicit JsonDecoder(const JsonLimits& limits = {});
  JsonDecoder(const JsonDecoder&) = delete;
  JsonDecoder& operator=(const JsonDecoder&) = delete;
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;
  ~JsonDecoder();

  [[nodiscard]] JsonFault decode(std::string_view payload, const JsonSelection& selection);

  // Of the last decode() that answered kNone.
  [[nodiscard]] std::span<const JsonLeaf> leaves() const noexcept;
  // What stood at selection.time: a number or text; nothing when it was not there.
  [[nodiscard]] const std::optional<JsonLeaf>& time() const noexcept;

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

}  // namespace telltale::payload
