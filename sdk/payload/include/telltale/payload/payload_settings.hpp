// From the shared options to decoders and rules.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/options.hpp>
#include <telltale/payload/field_template.hpp>
#include <telltale/payload/item.hpp>
#include <telltale/payload/source_time.hpp>
#include <telltale/payload/value_chain.hpp>

namespace telltale::payload {

// The decoder of `payload` (a section of kPayloadTable). `time`: where the time stands, the option of kMappingOptions.
// Throws ConfigError with words a user can act on.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(const Options& payload, std::string_view time = {});

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
};

// Of options that hold kMappingOptions. `default_name`: the template when none is given. Throws ConfigError.
[[nodiscard]] MapSettings make_map_settings(const Options& options, std::string_view default_name);

}  // namespace telltale::payload
