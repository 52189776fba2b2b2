#include "plugins/linux/collect/iio.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "plugins/linux/codec/text.h"
#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

constexpr double kBeyondBelief = 1e15;

// The first of the files that is there, as a number. Scales and offsets change when somebody sets another range, so
// they are read anew at each scan.
std::optional<double> parameter(const std::string& directory, const IioChannel& channel, std::string_view what) {
  for (const std::string& file : iio_parameter_files(channel, what)) {
    if (const auto text = read_sys_file(directory + "/" + file)) return parse_number<double>(*text);
  }
  return std::nullopt;
}

std::vector<Chip> find_devices(const std::string& base) {
  std::vector<Chip> devices;
  for (const std::string& entry : list_directory(base)) {
    if (!entry.starts_with("iio:device")) continue;
    const std::string directory = base + "/" + entry;
    // A label is what the board's maker calls it; a name is the part's.
    std::string name = clean_name(read_sys_file(directory + "/label").value_or(""));
    if (name.empty()) name = clean_name(read_sys_file(directory + "/name").value_or(""));
    if (name.empty()) name = clean_name(entry);
    devices.push_back({directory, name, clean_name(link_part(directory, 1))});
  }
  return devices;
}

}  // namespace

IioCollector::IioCollector(const Machine& machine, NameFilter wanted)
    : machine_(machine), wanted_(std::move(wanted)), sensors_(machine.host) {}

void IioCollector::collect(Round& round) {
  if (round.rescan) {
    scan();
    sensors_.sweep([&](Sensor& gone) { gone.publish_gone(round); });
  }
  for (const Source& source : sources_) source.sensor->publish(round, machine_.host, read(source));
}

std::optional<double> IioCollector::read(const Source& source) {
  const auto text = read_sys_file(source.value_file);
  const auto raw = text ? parse_number<double>(*text) : std::nullopt;
  if (!raw) return std::nullopt;
  const double value = (*raw + source.offset) * source.factor;
  return std::isfinite(value) && std::abs(value) < kBeyondBelief ? std::optional(value) : std::nullopt;
}

void IioCollector::scan() {
  sources_.clear();
  const std::vector<Chip> devices = find_devices(machine_.path("/sys/bus/iio/devices"));
  const std::vector<std::string> names = name_chips(devices);
  for (std::size_t i = 0; i < devices.size(); ++i) scan_device(names[i], devices[i].directory);
}

void IioCollector::scan_device(const std::string& name, const std::string& directory) {
  std::map<std::string, IioChannel> channels;  // by prefix: `_input` wins over `_raw`
  for (const std::string& file : list_directory(directory)) {
    auto channel = parse_iio_file(file);
    if (!channel) continue;
    IioChannel& known = channels[channel->prefix];
    if (known.prefix.empty() || channel->processed) known = std::move(*channel);
  }
  for (const auto& [prefix, channel] : channels) {
    Source source{.value_file = directory + "/" + prefix + (channel.processed ? "_input" : "_raw")};
    bool scaled = channel.processed;
    if (!channel.processed) {
      source.offset = parameter(directory, channel, "offset").value_or(0);
      const auto scale = parameter(directory, channel, "scale");
      scaled = scale.has_value();
      source.factor = scale.value_or(1);
    }
    const IioQuantity quantity = iio_quantity(channel, scaled);
    source.factor *= quantity.factor;
    const std::string label = clean_name(read_sys_file(directory + "/" + prefix + "_label").value_or(""));
    const std::string& which = label.empty() ? channel.which : label;
    add(which.empty() ? name : name + " " + which, quantity, std::move(source));
  }
}

void IioCollector::add(const std::string& sensor, const IioQuantity& quantity, Source source) {
  if (!wanted_.wants(sensor)) return;
  source.sensor = sensors_.present(quantity.name + "\n" + sensor, [&] {
    return Sensor(machine_.declare(labelled(
        gauge(quantity.name, quantity.unit, sensor + " " + quantity.word, quantity.decimals), "sensor", sensor)));
  });
  if (source.sensor != nullptr) sources_.push_back(std::move(source));
}

}  // namespace telltale::linux_input
