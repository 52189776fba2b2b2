// Named groups of a regular expression: `W\s*(?<weight>[-\d.]+)\s*kg`. PCRE2's language, with bounds on what a match
// may cost, so that no payload can hang the input.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

struct RegexOptions {
  std::vector<std::string> patterns;  // the first that matches counts
  bool every_match = false;           // a record for each match, not only for the first
  bool decimal_comma = false;
};

// Groups without a name are only grouping, unless no group has one: then they are "1", "2", …, and without any group
// the match is the value. A group that took no part, or took nothing, is no value.
// Refuses: too_large, no_match, regex_limit.
class RegexDecoder final : public Decoder {
 public:
  // The decoder, or what is wrong with a pattern in words a user can act on.
  [[nodiscard]] static std::variant<std::unique_ptr<RegexDecoder>, std::string> make(RegexOptions options);
  RegexDecoder(const RegexDecoder&) = delete;
  RegexDecoder& operator=(const RegexDecoder&) = delete;
  ~RegexDecoder() override;

  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  struct Parts;
  explicit RegexDecoder(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace telltale::payload
