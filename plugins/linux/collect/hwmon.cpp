#include "plugins/linux/collect/hwmon.h"

#include <algorithm>
#include <map>

#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

constexpr std::string_view kInput = "_input";
constexpr std::string_view kAlarm = "_lcrit_alarm";
// The kernel shows 1-Wire thermometers here as well, where a read would hold up all others for 750 ms.
constexpr std::string_view kOneWire = "w1_slave_temp";
constexpr Quantity kLowVoltage{"voltage.alarm", "", "supply", 1, 0, TELLTALE_KIND_STATE};

std::vector<Chip> find_chips(const std::string& base) {
  std::vector<Chip> chips;
  for (const std::string& entry : list_directory(base)) {
    const std::string directory = base + "/" + entry;
    const std::string name = clean_name(read_sys_file(directory + "/name").value_or(""));
    if (name.empty() || name == kOneWire) continue;
    chips.push_back({directory, name, clean_name(link_part(directory + "/device", 0))});
  }
  return chips;
}

bool contains(const std::vector<std::string>& files, const std::string& file) {
  return std::find(files.begin(), files.end(), file) != files.end();
}

}  // namespace

HwmonCollector::HwmonCollector(const Machine& machine, NameFilter wanted)
    : machine_(machine), wanted_(std::move(wanted)), sensors_(machine.host) {}

void HwmonCollector::collect(Round& round) {
  if (round.rescan) {
    scan();
    sensors_.sweep([&](Sensor& gone) { gone.publish_gone(round); });
  }
  for (const Source& source : sources_) source.sensor->publish(round, machine_.host, read(source));
}

std::optional<double> HwmonCollector::read(const Source& source) {
  if (!source.fault_file.empty() && read_sys_file(source.fault_file) == "1") return std::nullopt;
  const auto text = read_sys_file(source.value_file);
  return text ? convert(*text, *source.quantity) : std::nullopt;
}

void HwmonCollector::scan() {
  sources_.clear();
  UniqueNames names;
  const std::vector<Chip> chips = find_chips(machine_.path("/sys/class/hwmon"));
  const std::vector<std::string> chip_names = name_chips(chips);
  for (std::size_t i = 0; i < chips.size(); ++i) scan_chip(chip_names[i], chips[i].directory, names);
  scan_zones(chips, names);
}

void HwmonCollector::scan_chip(const std::string& name, const std::string& directory, UniqueNames& names) {
  const std::vector<std::string> files = list_directory(directory);
  std::map<const Quantity*, int> channels_of;
  std::vector<HwmonChannel> channels;
  std::vector<std::string> value_files;
  for (const std::string& file : files) {
    auto channel = parse_hwmon_file(file);
    if (!channel || (!file.ends_with(kInput) && contains(files, channel->prefix + std::string(kInput)))) continue;
    ++channels_of[channel->quantity];
    channels.push_back(std::move(*channel));
    value_files.push_back(file);
  }
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const HwmonChannel& channel = channels[i];
    const std::string label = clean_name(read_sys_file(directory + "/" + channel.prefix + "_label").value_or(""));
    std::string sensor = name;
    if (!label.empty()) sensor += " " + label;
    if (label.empty() && channels_of[channel.quantity] > 1) sensor += " " + channel.prefix;
    const std::string fault = channel.prefix + "_fault";
    // A name is unique among all sensors, so that it can stand alone: `nvme Composite` twice gets its file's name.
    add(names.take(std::string(channel.quantity->name) + "\n" + sensor, channel.prefix), *channel.quantity,
        directory + "/" + value_files[i], contains(files, fault) ? directory + "/" + fault : std::string());
  }
  scan_alarms(name, directory, files);
}

// `in0_lcrit_alarm` without `in0_input`: the Raspberry Pi's under-voltage warning.
void HwmonCollector::scan_alarms(const std::string& name, const std::string& directory,
                                 const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!file.starts_with("in") || !file.ends_with(kAlarm)) continue;
    const std::string prefix = file.substr(0, file.size() - kAlarm.size());
    if (!contains(files, prefix + std::string(kInput))) {
      add(std::string(kLowVoltage.name) + "\n" + name, kLowVoltage, directory + "/" + file, {});
    }
  }
}

void HwmonCollector::scan_zones(const std::vector<Chip>& chips, UniqueNames& names) {
  const std::string base = machine_.path("/sys/class/thermal");
  for (const std::string& entry : list_directory(base)) {
    if (!entry.starts_with("thermal_zone")) continue;
    const std::string directory = base + "/" + entry;
    const std::string type = clean_name(read_sys_file(directory + "/type").value_or(""));
    const auto same = [&](const Chip& chip) { return chip.place == entry || chip.name == chip_name_of_zone(type); };
    if (type.empty() || std::any_of(chips.begin(), chips.end(), same)) continue;
    const Quantity& quantity = zone_temperature();
    add(names.take(std::string(quantity.name) + "\n" + type, entry.substr(12)), quantity, directory + "/temp", {});
  }
}

// `key` is the quantity's name, a line end and the sensor's name.
void HwmonCollector::add(const std::string& key, const Quantity& quantity, std::string value_file,
                         std::string fault_file) {
  const std::string sensor = key.substr(key.find('\n') + 1);
  if (!wanted_.wants(sensor)) return;
  Sensor* found = sensors_.present(key, [&] {
    SeriesSpec spec{.name = std::string(quantity.name),
                    .unit = std::string(quantity.unit),
                    .kind = quantity.kind,
                    .title = sensor + " " + std::string(quantity.word),
                    .decimals = quantity.decimals};
    if (quantity.kind == TELLTALE_KIND_STATE) spec.states = {{0, "ok"}, {1, "too low"}};
    return Sensor(machine_.declare(labelled(std::move(spec), "sensor", sensor)));
  });
  if (found != nullptr) sources_.push_back({std::move(value_file), std::move(fault_file), &quantity, found});
}

}  // namespace telltale::linux_input
