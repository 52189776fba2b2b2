// The walk over one JSON document: what JsonDecoder keeps between messages. Private to this library.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include <telltale/payload/json_payload.hpp>

namespace telltale::payload {

// Everything grows to what the limits allow, and is kept. One thread.
class JsonDecoder::Walk {
 public:
  explicit Walk(const JsonLimits& limits) : limits_(limits) {}

  JsonFault run(std::string_view payload, const JsonSelection& selection);

  [[nodiscard]] const std::vector<JsonLeaf>& leaves() const { return leaves_; }
  [[nodiscard]] const std::optional<JsonLeaf>& time() const { return time_; }

 private:
  using Value = simdjson::ondemand::value;

  // How far the current place has come along a path.
  struct Cursor {
    bool on = true;           // false: the path leads elsewhere
    std::size_t matched = 0;  // steps
    bool named = false;       // the last step belongs to the leaf's own path
  };
  struct Place {
    Cursor value;
    Cursor time;
    std::size_t depth = 0;
  };

  JsonFault walk_document(std::string_view payload);
  JsonFault visit(Value& value, const Place& place);
  JsonFault visit_object(Value& value, const Place& place);
  JsonFault visit_array(Value& value, const Place& place);
  JsonFault visit_child(Value& value, const Place& parent, std::string_view key, std::optional<std::size_t> index);
  JsonFault read_scalar(Value& value, simdjson::ondemand::json_type type, JsonLeaf& leaf);
  JsonFault read_bare(Value& value, JsonLeaf& leaf);
  JsonFault take(JsonLeaf leaf, const Place& place);
  JsonFault take_leaf(JsonLeaf leaf, bool is_selected_place);
  [[nodiscard]] bool has_duplicate_key(std::size_t first_key);
  [[nodiscard]] static Cursor advance(const Cursor& cursor, const JsonPath& path, std::string_view key,
                                      std::optional<std::size_t> index);
  void link_paths();

  JsonLimits limits_;
  simdjson::ondemand::parser parser_;
  std::vector<char> buffer_;  // the payload with the padding that the parser reads over
  const JsonSelection* selection_ = nullptr;
  std::size_t values_ = 0;
  bool unfit_text_ = false;             // a text stood at the selected place
  std::string path_;                    // of the current place, below the selected one
  std::string paths_;                   // of all leaves, end to end
  std::vector<std::size_t> path_ends_;  // in paths_, one per leaf
  std::vector<std::string_view> keys_;  // of the objects around the current place
  std::vector<JsonLeaf> leaves_;
  std::optional<JsonLeaf> time_;
};

}  // namespace telltale::payload
