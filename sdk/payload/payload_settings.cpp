#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <telltale/cpp/errors.hpp>
#include <telltale/payload/binary_payload.hpp>
#include <telltale/payload/json_path.hpp>
#include <telltale/payload/payload_settings.hpp>
#include <telltale/payload/regex_payload.hpp>
#include <telltale/payload/separated_payload.hpp>
#include <telltale/payload/time_format.hpp>

#include "sdk/payload/plain_decoders.h"

namespace telltale::payload {
namespace {

JsonPath path_of(std::string_view key, std::string_view text) {
  auto path = parse_json_path(text);
  if (const auto* error = std::get_if<JsonPathError>(&path)) {
    throw ConfigError(std::string(key) + ": '" + std::string(text) + "': " + error->reason);
  }
  return std::get<JsonPath>(std::move(path));
}

JsonChoice json_of(const Options& payload, const DecoderWishes& wishes, std::string_view time) {
  JsonSelection selection;
  const std::string_view value = payload.has("value") ? payload.text("value") : wishes.value;
  if (!value.empty()) selection.value = path_of("value", value);
  if (!time.empty()) selection.time = path_of("time", time);
  const bool numbers = wishes.numbers_in_text || payload.flag("numbers_in_text");
  if (numbers) selection.texts = JsonTexts::kAsNumbers;
  if (wishes.keep_texts) selection.texts = JsonTexts::kKeep;
  return {std::move(selection), numbers && wishes.keep_texts};
}

char separator_of(std::string_view word) {
  if (word == "comma") return ',';
  if (word == "semicolon") return ';';
  if (word == "tab" || word == "\\t") return '\t';
  if (word == "blanks") return SeparatedOptions::kBlanks;
  const bool is_one = word.size() == 1 && word.front() != '"' && word.front() != '\n' && word.front() != '\r' &&
                      word.front() != '\0' && static_cast<unsigned char>(word.front()) < 0x80;
  if (!is_one)
    throw ConfigError("separator: '" + std::string(word) + "' is no single character, comma, semicolon, tab or blanks");
  return word.front();
}

SeparatedOptions separated_of(const Options& payload) {
  SeparatedOptions made;
  made.separator = separator_of(payload.text("separator"));
  made.columns = payload.texts("columns");
  made.header = payload.flag("header");
  made.decimal_comma = payload.flag("decimal_comma");
  if (made.decimal_comma && made.separator == ',') {
    throw ConfigError("decimal_comma: the columns need another 'separator' than the comma");
  }
  return made;
}

KeyValueOptions pairs_of(const Options& payload) {
  KeyValueOptions made;
  made.decimal_comma = payload.flag("decimal_comma");
  if (made.decimal_comma) std::erase(made.separators, ',');
  if (payload.has("separators")) made.separators = payload.text("separators");
  if (payload.has("assign")) made.assigns = payload.text("assign");
  if (made.separators.empty() || made.assigns.empty()) throw ConfigError("separators and assign cannot be empty");
  if (made.separators.find_first_of(made.assigns) != std::string::npos) {
    throw ConfigError("separators and assign have a character in common");
  }
  return made;
}

NmeaOptions nmea_of(const Options& payload) {
  NmeaOptions made;
  made.sentences = payload.texts("sentences");
  made.checksum_required = payload.flag("checksum");
  made.use_time = payload.flag("nmea_time");
  const std::string_view names = payload.text("nmea_fields");
  if (names == "numbered") made.names = NmeaNames::kNumbered;
  if (names == "both") made.names = NmeaNames::kBoth;
  return made;
}

std::pair<unsigned, unsigned> bits_of(std::string_view text) {
  unsigned low = 0;
  const auto first = std::from_chars(text.data(), text.data() + text.size(), low);
  unsigned high = low;
  bool is_good = first.ec == std::errc{};
  if (const char* end = text.data() + text.size(); is_good && first.ptr != end) {
    is_good = *first.ptr == '-';
    const auto second = std::from_chars(first.ptr + 1, end, high);
    is_good = is_good && second.ec == std::errc{} && second.ptr == end;
  }
  if (!is_good) throw ConfigError("bits: '" + std::string(text) + "' is not like 3 or 4-7");
  return {std::min(low, high), std::max(low, high)};
}

BinaryField field_of(const Options& row) {
  BinaryField field;
  field.name = row.text("field");
  field.at = static_cast<std::ptrdiff_t>(row.integer("at"));
  const std::string type(row.text("type"));
  if (!parse_binary_type(type, field.type, field.size)) {
    throw ConfigError(
        "layout: '" + field.name + "': there is no type '" + type +
        "'; there are uint8 to uint64, int8 to int64, float16, float32, float64, bcd1 to bcd8 and text1 to text4096");
  }
  field.order = binary_order_from(row.text("order")).value_or(BinaryOrder::kBig);
  if (row.has("bits")) field.bits = bits_of(row.text("bits"));
  field.scale = row.number("scale");
  field.offset = row.number("offset");
  if (row.has("unit")) field.unit = row.text("unit");
  const std::string problem = problem_of(field);
  if (!problem.empty()) throw ConfigError("layout: '" + field.name + "': " + problem);
  return field;
}

BinaryOptions binary_of(const Options& payload, bool hex) {
  BinaryOptions made;
  made.hex = hex;
  made.size = static_cast<std::size_t>(payload.integer("size"));
  for (const Options& row : payload.items("layout")) made.fields.push_back(field_of(row));
  if (made.fields.empty()) throw ConfigError("payload: 'layout' is missing: what stands where in the message");
  return made;
}

std::unique_ptr<Decoder> regex_of(const Options& payload) {
  auto decoder =
      RegexDecoder::make({payload.texts("regex"), payload.flag("every_match"), payload.flag("decimal_comma")});
  if (auto* reason = std::get_if<std::string>(&decoder)) throw ConfigError("regex: " + *reason);
  return std::get<std::unique_ptr<RegexDecoder>>(std::move(decoder));
}

std::optional<std::uint32_t> kind_of(std::string_view word) {
  if (word == "gauge") return TELLTALE_KIND_GAUGE;
  if (word == "counter") return TELLTALE_KIND_COUNTER;
  if (word == "state") return TELLTALE_KIND_STATE;
  if (word == "event") return TELLTALE_KIND_EVENT;
  return std::nullopt;
}

// "off" takes the next number, "4=fault" its own.
std::vector<std::pair<std::int64_t, std::string>> states_of(const std::vector<std::string>& words) {
  std::vector<std::pair<std::int64_t, std::string>> states;
  std::int64_t next = 0;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    std::int64_t number = next;
    std::string name = word;
    if (equals != std::string::npos) {
      const auto parsed = std::from_chars(word.data(), word.data() + equals, number);
      if (parsed.ec != std::errc{} || parsed.ptr != word.data() + equals || number < -32'768 || number > 32'767) {
        throw ConfigError("states: '" + word + "' is not like idle or 1=idle");
      }
      name = word.substr(equals + 1);
    }
    states.emplace_back(number, name);
    next = number + 1;
  }
  if (states.size() > 64) throw ConfigError("states: there can be 64 at most");
  return states;
}

FieldRule rule_of(const Options& options) {
  FieldRule rule;
  if (options.has("unit")) rule.unit = options.text("unit");
  if (options.has("title")) rule.title = options.text("title");
  rule.states = states_of(options.texts("states"));
  rule.kind = kind_of(options.text("kind"));
  if (!rule.kind && !rule.states.empty()) rule.kind = TELLTALE_KIND_STATE;
  if (options.has("decimals")) rule.decimals = static_cast<int>(options.integer("decimals"));
  rule.value.scale = options.number("scale");
  rule.value.offset = options.number("offset");
  if (options.has("minimum")) rule.value.minimum = options.number("minimum");
  if (options.has("maximum")) rule.value.maximum = options.number("maximum");
  if (rule.value.minimum && rule.value.maximum && *rule.value.minimum >= *rule.value.maximum) {
    throw ConfigError("minimum: is not below maximum");
  }
  rule.value.deadband = options.number("deadband");
  rule.value.deadband_every = options.duration("deadband_every").count();
  rule.publish = options.flag("publish");
  if (const auto points = options.texts("calibration"); !points.empty()) {
    auto calibration = Calibration::parse(points);
    if (const auto* reason = std::get_if<std::string>(&calibration)) throw ConfigError("calibration: " + *reason);
    rule.value.calibration = std::get<Calibration>(std::move(calibration));
  }
  return rule;
}

}  // namespace

std::string_view form_of(const Options& payload) {
  const std::string_view form = payload.text("form");
  if (form != "auto") return form;
  if (!payload.items("regex").empty()) return "regex";
  if (!payload.items("layout").empty()) return "binary";
  if (payload.has("value")) return "json";
  if (!payload.items("columns").empty() || payload.flag("header")) return "csv";
  return payload.items("sentences").empty() ? form : "nmea";
}

FieldTemplate make_template(std::string_view key, std::string_view text) {
  auto made = FieldTemplate::parse(text);
  if (const auto* reason = std::get_if<std::string>(&made)) {
    throw ConfigError(std::string(key) + ": '" + std::string(text) + "': " + *reason);
  }
  return std::get<FieldTemplate>(std::move(made));
}

std::unique_ptr<Decoder> make_decoder(const Options& payload, const DecoderWishes& wishes) {
  std::string_view form = form_of(payload);
  if (form == "auto" && !wishes.form.empty()) form = wishes.form;
  if (form != "regex" && !payload.items("regex").empty()) {
    throw ConfigError("payload: '" + std::string(form) + "' and 'regex' exclude each other");
  }
  if (form == "json") return std::make_unique<JsonItems>(json_of(payload, wishes, wishes.time));
  if (form == "number") return std::make_unique<NumberItem>(payload.flag("decimal_comma"));
  if (form == "text") return std::make_unique<TextItem>();
  if (form == "csv") return std::make_unique<SeparatedDecoder>(separated_of(payload));
  if (form == "line") return std::make_unique<LineItems>();
  if (form == "keyvalue") return std::make_unique<KeyValueDecoder>(pairs_of(payload));
  if (form == "regex") return regex_of(payload);
  if (form == "nmea") return std::make_unique<NmeaDecoder>(nmea_of(payload));
  if (form == "hex" || form == "binary") return std::make_unique<BinaryDecoder>(binary_of(payload, form == "hex"));
  return std::make_unique<AutoItems>(json_of(payload, wishes, {}), nmea_of(payload), pairs_of(payload),
                                     wishes.plain_auto);
}

MapSettings make_map_settings(const Options& options, std::string_view default_name) {
  MapSettings made = make_field_settings(options);
  made.name = make_template("name", options.has("name") ? options.text("name") : default_name);
  for (const Options& label : options.items("labels")) {
    made.labels.emplace_back(label.text("name"), make_template("labels", label.text("value")));
  }
  made.max_series = static_cast<std::size_t>(options.integer("max_series"));
  return made;
}

MapSettings make_field_settings(const Options& options) {
  MapSettings made;
  for (const Options& row : options.items("fields")) {
    FieldRule rule;
    const std::string field(row.text("field"));
    try {
      rule = rule_of(row);
      if (row.has("name")) rule.name = make_template("name", row.text("name"));
    } catch (const ConfigError& error) {
      throw ConfigError("fields: '" + field + "': " + error.what());
    }
    rule.field = field;
    made.fields.push_back(std::move(rule));
  }
  made.all = rule_of(options);
  made.others = options.flag("others");
  if (options.has("time")) made.time = options.text("time");
  made.time_unit = source_time_unit_from(options.text("time_unit")).value_or(SourceTimeUnit::kAuto);
  if (options.has("time_format")) {
    made.time_format = options.text("time_format");
    const std::string problem = problem_of_time_format(made.time_format);
    if (!problem.empty()) throw ConfigError("time_format: " + problem);
  }
  if (options.has("time_offset")) {
    const auto offset = parse_utc_offset(options.text("time_offset"));
    if (!offset)
      throw ConfigError("time_offset: '" + std::string(options.text("time_offset")) + "' is not like +01:00");
    made.utc_offset = *offset;
  }
  made.time_tolerance = options.duration("time_tolerance").count();
  return made;
}

}  // namespace telltale::payload
