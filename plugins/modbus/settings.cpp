#include "plugins/modbus/settings.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include <fnmatch.h>
#include <unistd.h>

#include "plugins/modbus/make_point.h"
#include "plugins/modbus/modbus_options.h"
#include "plugins/modbus/profile/profile.h"

namespace telltale::modbus {
namespace {

using std::chrono::nanoseconds;

SerialSettings serial_of(const Options& options) {
  SerialSettings serial;
  serial.port = options.text("port");
  serial.baud = static_cast<int>(options.integer("baud"));
  serial.parity = parse_parity(options.text("parity"));
  serial.data_bits = static_cast<int>(options.integer("data_bits"));
  serial.stop_bits = static_cast<int>(options.integer("stop_bits"));
  serial.rs485 = parse_rs485(options.text("rs485"));
  check(serial);
  return serial;
}

Address address_of(const Options& options) {
  if (!options.has("serial")) return parse_url(options.text("url"));
  if (options.text("url") != kDefaultUrl)
    throw ConfigError("'url' and 'serial' both say where the bus is: leave one out");
  Address address;
  address.kind = Address::Kind::kRtu;
  address.serial = serial_of(options.at("serial"));
  return address;
}

Timing timing_of(const Options& options, const Address& address) {
  Timing timing;
  timing.timeout = options.duration("timeout");
  timing.byte_timeout = options.duration("byte_timeout");
  timing.request_delay = options.duration("request_delay");
  timing.turnaround = options.duration("turnaround");
  timing.connect_delay = options.duration("connect_delay");
  if (address.kind == Address::Kind::kRtu) {
    const SerialSettings& serial = address.serial;
    timing.character = nanoseconds(1'000'000'000LL * serial.bits_per_character() / serial.baud);
    timing.frame_delay = Timing::usual_frame_delay(serial.baud, serial.bits_per_character());
  }
  if (options.has("frame_delay")) timing.frame_delay = options.duration("frame_delay");
  return timing;
}

std::uint16_t limit(std::string_view key, const Options& device, const std::optional<Profile>& profile,
                    const Options& input) {
  if (device.has(key)) return static_cast<std::uint16_t>(device.integer(key));
  if (profile && profile->options().has(key)) return static_cast<std::uint16_t>(profile->options().integer(key));
  return static_cast<std::uint16_t>(input.integer(key));
}

ByteOrder order_of(std::string_view text) {
  const auto order = ByteOrder::parse(text);
  if (!order || !order->fits(0)) {
    throw ConfigError("order: '" + std::string(text) +
                      "' is none of big, little, word_swap, byte_swap; letters stand at a point");
  }
  return *order;
}

bool is_wanted(const std::string& name, const std::vector<std::string>& only) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& pattern) {
           return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
         });
}

// Points of a profile; those that the configuration has under the same name are the configuration's.
void take_profile(const Profile& profile, const Options& device, PointDefaults defaults, DeviceSettings& made) {
  const Options options = profile.options();
  defaults.first_address = 0;
  if (!device.has("order")) defaults.order = order_of(options.text("order"));
  const std::vector<std::string> only = device.texts("only");
  std::set<std::string_view> own;
  for (const Options& point : device.items("points")) own.insert(point.text("name"));
  const auto take = [&](const Options& point, std::vector<Point>& points) {
    const std::string name(point.text("name"));
    if (is_wanted(name, only) && !own.contains(name)) points.push_back(make_point(point, defaults));
  };
  for (const Options& point : options.items("points")) take(point, made.points);
  for (const Options& base : options.items("sunspec")) {
    made.model_bases.push_back(static_cast<std::uint16_t>(base.as_integer()));
  }
  for (const Options& model : options.items("models")) {
    for (const Options& number : model.items("model")) {
      std::vector<Point>& points = made.models[static_cast<std::uint16_t>(number.as_integer())];
      for (const Options& point : model.items("points")) take(point, points);
    }
  }
}

DeviceSettings make_device(const Options& device, const Options& input, const std::vector<std::string>& folders) {
  DeviceSettings made;
  made.unit = static_cast<std::uint8_t>(device.integer("unit"));
  if (device.has("name")) made.name = device.text("name");
  for (const Options& label : device.items("labels")) made.labels.emplace_back(label.text("name"), label.text("value"));
  made.timeout = device.has("timeout") ? device.duration("timeout") : input.duration("timeout");
  std::optional<Profile> profile;
  if (device.has("profile")) profile = Profile::load(device.text("profile"), folders);
  const std::uint16_t gap = limit("max_gap", device, profile, input);
  made.registers = {limit("max_registers", device, profile, input), gap};
  made.bits = {limit("max_bits", device, profile, input), static_cast<std::uint16_t>(gap * 16)};
  PointDefaults defaults;
  defaults.every = device.has("every") ? device.duration("every") : input.duration("every");
  defaults.first_address = static_cast<std::uint16_t>(device.integer("first_address"));
  if (device.has("order")) defaults.order = order_of(device.text("order"));
  if (profile) {
    take_profile(*profile, device, defaults, made);
  } else if (!device.texts("only").empty()) {
    throw ConfigError("'only' chooses points of a 'profile', and there is none");
  }
  for (const Options& point : device.items("points")) made.points.push_back(make_point(point, defaults));
  return made;
}

void refuse_doubles(const std::vector<DeviceSettings>& devices) {
  std::set<std::tuple<std::string, std::string, std::vector<std::pair<std::string, std::string>>>> names;
  for (const DeviceSettings& device : devices) {
    for (const Point& point : device.points) {
      if (names.emplace(device.name, point.name, device.labels).second) continue;
      throw ConfigError("two points are called '" + point.name + "': give their devices a 'name' each, or labels");
    }
  }
}

}  // namespace

Settings make_settings(const Options& options, const std::string& profile_folder) {
  Settings made;
  made.address = address_of(options);
  made.timing = timing_of(options, made.address);
  made.statistics = options.duration("statistics");
  std::vector<std::string> folders;
  if (options.has("profiles")) folders.emplace_back(options.text("profiles"));
  folders.push_back(profile_folder);
  std::size_t number = 0;
  for (const Options& device : options.items("devices")) {
    ++number;
    try {
      made.devices.push_back(make_device(device, options, folders));
    } catch (const ConfigError& error) {
      throw ConfigError("devices[" + std::to_string(number) + "]: " + error.what());
    }
  }
  if (made.devices.empty()) throw ConfigError("'devices' is empty: there is nothing to read");
  refuse_doubles(made.devices);
  return made;
}

std::string installed_profiles() {
  std::array<char, 4'096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  std::string folder(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  for (int up = 0; up < 3; ++up) {
    folder.resize(std::min(folder.rfind('/'), folder.size()));
    std::string candidate = folder + "/share/telltale/profiles/modbus";
    if (::access(candidate.c_str(), R_OK) == 0) return candidate;
  }
  return "/usr/share/telltale/profiles/modbus";
}

}  // namespace telltale::modbus
