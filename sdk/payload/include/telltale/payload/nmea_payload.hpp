// NMEA-0183 sentences: "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A".
//
// Fields of the sentences that instruments commonly send have names and units (RMC.latitude in degrees, RMC.speed in
// knots); those of others are numbered from 1 (TXT.4). Sources: NMEA 0183 field lists as gpsd's "NMEA Revealed" gives
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

enum class NmeaNames : std::uint8_t {
  kNamed,     // RMC.latitude; numbered where a sentence is not known
  kNumbered,  // RMC.3, as it stands there
  kBoth,
};

struct NmeaOptions {
  std::vector<std::string> sentences;  // RMC, or GPRMC for one talker; none: all
  bool checksum_required = true;       // a wrong one is refused always
  bool use_time = false;               // the time of RMC and ZDA is the readings' time
  NmeaNames names = NmeaNames::kNamed;
};

// Sentences may follow each other, each on a line. `talker` (GP) and `sentence` (RMC) are variables of each record.
// Refuses: empty, too_large, not_nmea, wrong_checksum, no_checksum. A receiver without a fix says so: its position is a
// null, not a refusal.
class NmeaDecoder final : public Decoder {
 public:
  explicit NmeaDecoder(NmeaOptions options) : options_(std::move(options)) {}

  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  void sentence(std::string_view line, Receiver& receiver);
  [[nodiscard]] bool is_wanted(std::string_view address, std::string_view type) const;
  void add(std::string_view type, std::string_view field, const Item& item);
  void add_named(std::string_view type);
  void add_transducers(std::string_view type);
  void add_numbered(std::string_view type);
  [[nodiscard]] std::string_view field(std::size_t number) const;
  [[nodiscard]] std::optional<std::int64_t> time_of(std::string_view type) const;

  NmeaOptions options_;
  std::vector<std::string_view> fields_;  // [0]: the address, GPRMC
  std::vector<Item> items_;
  std::deque<std::string> names_;  // of items_; kept between sentences, and never moved
  std::size_t names_used_ = 0;
};

}  // namespace telltale::payload
