// From the shared options to decoders and rules.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/options.hpp>
#include <telltale/payload/field_template.hpp>
#include <telltale/payload/item.hpp>
#include <telltale/payload/series_budget.hpp>
#include <telltale/payload/source_time.hpp>
#include <telltale/payload/value_chain.hpp>

namespace telltale::payload {

// What a plugin adds to the options of a payload.
struct DecoderWishes {
  std::string_view form = {};    // when neither `form` nor anything else says it
  std::string_view time = {};    // of JSON: where the time stands, the option of kMappingOptions
  std::string_view value = {};   // of JSON: where the value stands, when `payload` does not say it
  bool numbers_in_text = false;  // of JSON: as if `payload` said it
  bool keep_texts = false;       // of JSON: texts are fields, too
  bool plain_auto = false;       // `auto` is JSON or a number, and nothing else
};

// The decoder of `payload` (a section of kPayloadTable). Throws ConfigError with words a user can act on.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(const Options& payload, const DecoderWishes& wishes = {});

// "json", "regex", …: the form that is meant, which a pattern or layout may say without `form`.
[[nodiscard]] std::string_view form_of(const Options& payload);

// What holds for the fields of one name.
struct FieldRule {
  std::string field;  // * stands for anything
  std::optional<FieldTemplate> name;
  std::string unit;
  std::string title;
  std::optional<std::uint32_t> kind;  // TELLTALE_KIND_; nothing: by the value
  std::vector<std::pair<std::int64_t, std::string>> states;
  int decimals = -1;
  ValueRule value;
  bool publish = true;
};

struct MapSettings {
  FieldTemplate name;
  std::vector<std::pair<std::string, FieldTemplate>> labels;
  std::vector<FieldRule> fields;  // the first that fits counts
  FieldRule all;                  // of fields that none names
  bool others = true;
  std::string time;  // name of a field
  SourceTimeUnit time_unit = SourceTimeUnit::kAuto;
  std::string time_format;
  std::int64_t utc_offset = 0;      // s
  std::int64_t time_tolerance = 0;  // ns; 0: any
  std::size_t max_series = 2'000;
  // What no option says, but a plugin may.
  std::vector<std::string> outer;  // variables that begin() is given: no fields are meant by them
  bool publish_texts = true;       // texts of fields that no rule names, and whose kind none says
  std::array<std::string, 2> boolean_states{"off", "on"};
  std::int64_t expire_after = 0;         // ns without a message, after which FieldMap::expire() makes a series bad
  std::shared_ptr<SeriesBudget> budget;  // none: one of its own, of max_series
};

// Of options that hold kMappingOptions. `default_name`: the template when none is given. Throws ConfigError.
[[nodiscard]] MapSettings make_map_settings(const Options& options, std::string_view default_name);
// Of options that hold kFieldOptions: without name, labels and max_series. Throws ConfigError.
[[nodiscard]] MapSettings make_field_settings(const Options& options);
// The template of a name or label's value; `key`: the option, for the ConfigError.
[[nodiscard]] FieldTemplate make_template(std::string_view key, std::string_view text);

}  // namespace telltale::payload
