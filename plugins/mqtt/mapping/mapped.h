// The payload forms and rules that every plugin shares (sdk/payload), for a subscription that asks for more of them
// than a JSON value, a number, a text or line protocol as it comes: the mapper has a shorter way for those.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/options.hpp>
#include <telltale/payload/item.hpp>
#include <telltale/payload/name_template.hpp>
#include <telltale/payload/payload_settings.hpp>
#include <telltale/payload/topic_filter.hpp>

namespace telltale::mqtt {

// Constant once made, but for the decoder's own storage.
struct Mapped {
  std::shared_ptr<payload::Decoder> decoder;
  payload::MapSettings map;
  // What stands for levels of the topic in names and labels: {1}, {sensor}, {#}, {topic}.
  std::vector<std::pair<std::string, payload::NameTemplate>> variables;
};

// Of an entry of `subscribe`; nothing when it goes the shorter way. Throws ConfigError.
[[nodiscard]] std::optional<Mapped> make_mapped(const Options& options, const payload::TopicFilter& filter);

}  // namespace telltale::mqtt
