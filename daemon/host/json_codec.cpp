#include "daemon/host/json_codec.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

namespace telltale::host {

namespace {

namespace json = boost::json;
using core::ErrorCode;
using core::make_error;

// An options table is at most 8 deep; each level is an object in an array, and a list adds one.
constexpr int kMaxOptionDepth = 20;
constexpr std::size_t kMaxJsonDepth = 64;

core::Error damaged(std::string what) { return make_error(ErrorCode::kCorrupt, std::move(what)); }

// The shortest text that reads back as the same bits; Boost.JSON's own reading may be off by one ulp.
std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end};
}

core::Result<double> number_from(std::string_view text) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return damaged("a number that is none");
  return number;
}

// Members of an object; once one is missing or of another type, ok() is false.
class Members {
 public:
  explicit Members(const json::value& value) : object_(value.if_object()) { ok_ = object_ != nullptr; }

  std::string text(std::string_view key) {
    const json::value* value = find(key);
    const json::string* found = value != nullptr ? value->if_string() : nullptr;
    if (found == nullptr) {
      ok_ = false;
      return {};
    }
    return {found->data(), found->size()};
  }
  std::int64_t integer(std::string_view key) {
    const json::value* value = find(key);
    std::int64_t number = 0;
    if (value != nullptr && value->is_int64()) {
      number = value->get_int64();
    } else if (value != nullptr && value->is_uint64() && value->get_uint64() <= INT64_MAX) {
      number = static_cast<std::int64_t>(value->get_uint64());
    } else {
      ok_ = false;
    }
    return number;
  }
  std::uint32_t u32(std::string_view key) {
    const std::int64_t number = integer(key);
    if (number < 0 || number > UINT32_MAX) ok_ = false;
    return ok_ ? static_cast<std::uint32_t>(number) : 0;
  }
  double number(std::string_view key, double otherwise) {
    const json::value* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_number()) ok_ = false;
    return value->is_number() ? value->to_number<double>() : otherwise;
  }
  const json::array& list(std::string_view key) {
    static const json::array kNone;
    const json::value* value = find(key);
    if (value == nullptr) return kNone;
    if (!value->is_array()) ok_ = false;
    return value->is_array() ? value->get_array() : kNone;
  }
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] const json::value* find(std::string_view key) const {
    return object_ != nullptr ? object_->if_contains(key) : nullptr;
  }
  const json::object* object_;
  bool ok_ = false;
};

core::Result<core::OptionValue> option_at(const json::value& value, int depth) {
  if (depth > kMaxOptionDepth) return damaged("options are nested too deep");
  Members members(value);
  core::OptionValue option;
  option.type = members.u32("type");
  if (members.has("name")) option.name = members.text("name");
  if (members.has("text")) option.text = members.text("text");
  if (members.has("integer")) option.integer = members.integer("integer");
  if (members.has("number")) {
    auto number = number_from(members.text("number"));
    if (!number) return number.error();
    option.number = *number;
  }
  const json::array& children = members.list("children");
  if (!members.ok() || option.type > TELLTALE_VALUE_SECTION) return damaged("an option that is none");
  option.children.reserve(children.size());
  for (const json::value& child : children) {
    auto copy = option_at(child, depth + 1);
    if (!copy) return copy.error();
    option.children.push_back(std::move(*copy));
  }
  return option;
}

json::value spec_to_json(const core::OptionSpec& spec) {
  json::object object{{"name", spec.name}, {"help", spec.help}, {"type", spec.type}, {"flags", spec.flags}};
  if (!spec.unit.empty()) object["unit"] = spec.unit;
  if (!spec.default_text.empty()) object["default"] = spec.default_text;
  // JSON has no infinity: a bound that is not there is left out.
  if (spec.minimum <= spec.maximum) {
    if (std::isfinite(spec.minimum)) object["minimum"] = spec.minimum;
    if (std::isfinite(spec.maximum)) object["maximum"] = spec.maximum;
  }
  if (!spec.choices.empty()) object["choices"] = json::array(spec.choices.begin(), spec.choices.end());
  if (!spec.children.empty()) {
    json::array children;
    for (const core::OptionSpec& child : spec.children) children.push_back(spec_to_json(child));
    object["children"] = std::move(children);
  }
  return object;
}

json::array specs_to_json(const std::vector<core::OptionSpec>& table) {
  json::array rows;
  for (const core::OptionSpec& spec : table) rows.push_back(spec_to_json(spec));
  return rows;
}

core::Result<core::OptionSpec> spec_from_json(const json::value& value, int depth) {
  if (depth > kMaxOptionDepth) return damaged("options are nested too deep");
  Members members(value);
  core::OptionSpec spec;
  spec.name = members.text("name");
  spec.help = members.text("help");
  spec.type = members.u32("type");
  spec.flags = members.u32("flags");
  if (members.has("unit")) spec.unit = members.text("unit");
  if (members.has("default")) spec.default_text = members.text("default");
  if (members.has("minimum") || members.has("maximum")) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    spec.minimum = members.number("minimum", -kInfinity);
    spec.maximum = members.number("maximum", kInfinity);
  }
  for (const json::value& choice : members.list("choices")) {
    if (!choice.is_string()) return damaged("a choice that is no text");
    spec.choices.emplace_back(choice.get_string());
  }
  for (const json::value& child : members.list("children")) {
    auto copy = spec_from_json(child, depth + 1);
    if (!copy) return copy.error();
    spec.children.push_back(std::move(*copy));
  }
  if (!members.ok()) return damaged("a row of the options table that is none");
  return spec;
}

}  // namespace

json::value option_to_json(const core::OptionValue& value) {
  json::object object{{"type", value.type}};
  if (!value.name.empty()) object["name"] = value.name;
  if (!value.text.empty()) object["text"] = value.text;
  if (value.integer != 0) object["integer"] = value.integer;
  if (value.number != 0 || std::signbit(value.number)) object["number"] = number_text(value.number);
  if (!value.children.empty()) {
    json::array children;
    for (const core::OptionValue& child : value.children) children.push_back(option_to_json(child));
    object["children"] = std::move(children);
  }
  return object;
}

core::Result<core::OptionValue> option_from_json(const json::value& value) { return option_at(value, 0); }

std::string encode_description(const core::PluginDescription& description) {
  const json::object object{
      {"name", description.name},
      {"version", description.version},
      {"summary", description.summary},
      {"file", description.file},
      {"abi_major", description.abi_major},
      {"abi_minor", description.abi_minor},
      {"needs", description.needs},
      {"interfaces", json::array(description.interfaces.begin(), description.interfaces.end())},
      {"options", specs_to_json(description.options)},
      {"probe_options", specs_to_json(description.probe_options)},
  };
  return json::serialize(object);
}

core::Result<core::PluginDescription> decode_description(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return value.error();
  Members members(*value);
  if (members.has("error")) return make_error(ErrorCode::kInvalid, members.text("error"));
  core::PluginDescription description;
  description.name = members.text("name");
  description.version = members.text("version");
  description.summary = members.text("summary");
  description.file = members.text("file");
  description.abi_major = members.u32("abi_major");
  description.abi_minor = members.u32("abi_minor");
  description.needs = members.u32("needs");
  for (const json::value& id : members.list("interfaces")) {
    if (!id.is_string()) return damaged("an interface that is no text");
    description.interfaces.emplace_back(id.get_string());
  }
  for (const auto& [key, table] :
       {std::pair("options", &description.options), std::pair("probe_options", &description.probe_options)}) {
    for (const json::value& row : members.list(key)) {
      auto spec = spec_from_json(row, 0);
      if (!spec) return spec.error();
      table->push_back(std::move(*spec));
    }
  }
  if (!members.ok()) return damaged("is not the description of a plugin");
  return description;
}

std::string encode_error(const core::Error& error) { return json::serialize(json::object{{"error", error.text()}}); }

core::Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  // Paths and secrets are bytes; what is shown is escaped by whoever takes it.
  options.allow_invalid_utf8 = true;
  boost::system::error_code failed;
  json::value value = json::parse(text, failed, {}, options);
  if (failed) return damaged("is no JSON: " + failed.message());
  return value;
}

}  // namespace telltale::host
