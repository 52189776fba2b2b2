// One message as it arrived. Views: valid while it is being handled.
#pragma once

#include <span>
#include <string_view>

namespace telltale::mqtt {

struct UserProperty {
  std::string_view name;
  std::string_view value;
};

struct Message {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  std::span<const UserProperty> properties{};  // of MQTT 5
};

}  // namespace telltale::mqtt
