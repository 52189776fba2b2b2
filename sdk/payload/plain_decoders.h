// The forms that existing readers of this folder decode, as decoders: JSON, a number, a text, line protocol, and the
// one that goes by a payload's looks.
#pragma once

#include <string>
#include <vector>

#include <telltale/payload/item.hpp>
#include <telltale/payload/json_payload.hpp>
#include <telltale/payload/key_value_payload.hpp>
#include <telltale/payload/line_series.hpp>
#include <telltale/payload/nmea_payload.hpp>

namespace telltale::payload {

struct JsonChoice {
  JsonSelection selection;
  bool numbers = false;  // of texts that are kept, those that are numbers are numbers
};

// Refuses what JsonFault says.
class JsonItems final : public Decoder {
 public:
  explicit JsonItems(JsonChoice choice) : choice_(std::move(choice)) {}
  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  JsonChoice choice_;
  JsonDecoder decoder_;
  std::vector<Item> items_;
};

// Refuses what NumberFault says, and not_utf8 (a unit).
class NumberItem final : public Decoder {
 public:
  explicit NumberItem(bool decimal_comma) : decimal_comma_(decimal_comma) {}
  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  bool decimal_comma_;
};

// Refuses: empty, too_large, not_utf8.
class TextItem final : public Decoder {
 public:
  void decode(std::string_view payload, Receiver& receiver) override;
};

// Refuses: too_large, not_utf8, bad_line.
class LineItems final : public Decoder {
 public:
  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  LineMapper mapper_;
  std::vector<Item> items_;
  std::vector<std::string> names_;
};

class AutoItems final : public Decoder {
 public:
  // `plain`: no NMEA, no pairs.
  AutoItems(JsonChoice json, NmeaOptions nmea, KeyValueOptions pairs, bool plain)
      : json_(std::move(json)), nmea_(std::move(nmea)), pairs_(std::move(pairs)), number_(false), plain_(plain) {}
  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  JsonItems json_;
  NmeaDecoder nmea_;
  KeyValueDecoder pairs_;
  NumberItem number_;
  bool plain_;
};

}  // namespace telltale::payload
