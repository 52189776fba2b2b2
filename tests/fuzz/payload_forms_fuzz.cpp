// Payloads as strangers send them, through every form beside JSON and line protocol: the first byte chooses the form
// and its options. What is taken is finite, valid UTF-8, and within the limits.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include <telltale/payload/binary_payload.hpp>
#include <telltale/payload/key_value_payload.hpp>
#include <telltale/payload/nmea_payload.hpp>
#include <telltale/payload/regex_payload.hpp>
#include <telltale/payload/separated_payload.hpp>
#include <telltale/payload/source_time.hpp>
#include <telltale/payload/time_format.hpp>
#include <telltale/payload/utf8.hpp>

using namespace telltale::payload;

namespace {

class Check final : public Receiver {
 public:
  void record(const Record& record) override {
    if (record.items.size() > kMaxItems) std::abort();
    for (const Item& item : record.items) {
      if (!std::isfinite(item.number)) std::abort();
      if (!is_utf8(item.name) || !is_utf8(item.text) || !is_utf8(item.unit)) std::abort();
      if (item.type == ItemType::kBoolean && item.number != 0 && item.number != 1) std::abort();
    }
  }
  void refused(std::string_view reason, std::string_view /*detail*/) override {
    if (reason.empty()) std::abort();
  }
};

BinaryField field(std::string_view type, std::ptrdiff_t at, BinaryOrder order) {
  BinaryField made;
  made.name = type;
  made.at = at;
  made.order = order;
  if (!parse_binary_type(type, made.type, made.size)) std::abort();
  return made;
}

std::unique_ptr<Decoder> binary(bool hex) {
  BinaryOptions options;
  options.hex = hex;
  options.fields = {field("float32", 0, BinaryOrder::kBig), field("float64", -8, BinaryOrder::kLittle),
                    field("bcd3", 1, BinaryOrder::kBig),    field("int24", 2, BinaryOrder::kLittle),
                    field("text4", -4, BinaryOrder::kBig),  field("uint64", 0, BinaryOrder::kWordSwap)};
  return std::make_unique<BinaryDecoder>(std::move(options));
}

std::unique_ptr<Decoder> regex(std::vector<std::string> patterns, bool every_match) {
  auto made = RegexDecoder::make({std::move(patterns), every_match, true});
  if (std::holds_alternative<std::string>(made)) std::abort();
  return std::get<std::unique_ptr<RegexDecoder>>(std::move(made));
}

NmeaOptions nmea(NmeaNames names) {
  NmeaOptions options;
  options.checksum_required = false;  // so that the content is reached
  options.use_time = true;
  options.names = names;
  return options;
}

std::vector<std::unique_ptr<Decoder>> make_all() {
  std::vector<std::unique_ptr<Decoder>> all;
  all.push_back(std::make_unique<SeparatedDecoder>(SeparatedOptions{',', {}, false, false}));
  all.push_back(std::make_unique<SeparatedDecoder>(SeparatedOptions{';', {"a", "-", "c"}, true, true}));
  all.push_back(std::make_unique<SeparatedDecoder>(SeparatedOptions{SeparatedOptions::kBlanks, {}, true, true}));
  all.push_back(std::make_unique<KeyValueDecoder>(KeyValueOptions{}));
  all.push_back(std::make_unique<KeyValueDecoder>(KeyValueOptions{";", ":", true}));
  all.push_back(regex({R"(W\s*(?<weight>[-\d.]+)\s*kg)", R"(^(?<a>(x+x+)+)y)"}, false));
  all.push_back(regex({R"((?<name>\w+)\W*(?<value>\S*))"}, true));
  all.push_back(std::make_unique<NmeaDecoder>(nmea(NmeaNames::kNamed)));
  all.push_back(std::make_unique<NmeaDecoder>(nmea(NmeaNames::kBoth)));
  all.push_back(binary(false));
  all.push_back(binary(true));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::vector<std::unique_ptr<Decoder>> kAll = make_all();
  const std::vector<char> exact(data + 1, data + size);
  const std::string_view payload(exact.data(), exact.size());
  Check check;
  kAll[data[0] % kAll.size()]->decode(payload, check);
  (void)parse_time(payload, "%d.%m.%Y %H:%M:%S%f %z", 0);
  (void)parse_time(payload, "%b %d %y %I:%M %p", 0);
  (void)parse_source_time(payload, SourceTimeUnit::kAuto);
  return 0;
}
