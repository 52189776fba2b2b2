#include "plugins/linux/collect/network.h"

#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {
constexpr double kDown = 0;
constexpr double kUp = 1;
}  // namespace

// /proc/net is a link to self/net.
NetworkCollector::NetworkCollector(const Machine& machine, NameFilter wanted)
    : machine_(machine),
      wanted_(std::move(wanted)),
      file_(machine.path("/proc/self/net/dev")),
      interfaces_(machine.host) {}

NetworkCollector::Interface NetworkCollector::declare(std::string_view name) const {
  const std::string device = clean_name(name);
  const auto add = [&](SeriesSpec spec) { return machine_.declare(labelled(std::move(spec), "interface", device)); };
  SeriesSpec link{.name = "net.link", .kind = TELLTALE_KIND_STATE, .title = device + " link"};
  link.states = {{0, "down"}, {1, "up"}};
  return {.received = add(counter("net.received", kBytes, device + " received")),
          .sent = add(counter("net.sent", kBytes, device + " sent")),
          .received_rate = add(gauge("net.received.rate", kBytesPerSecond, device + " receive rate", 0)),
          .sent_rate = add(gauge("net.sent.rate", kBytesPerSecond, device + " send rate", 0)),
          .errors = add(counter("net.errors", "", device + " errors")),
          .drops = add(counter("net.drops", "", device + " dropped packets")),
          .link = add(std::move(link)),
          .received_meter = {},
          .sent_meter = {},
          .state_file = machine_.path("/sys/class/net/") + std::string(name) + "/operstate"};
}

void NetworkCollector::publish(Round& round, const InterfaceStats& stats, Interface& interface) const {
  Batch& batch = round.batch;
  batch.add(interface.received, static_cast<double>(stats.received_bytes));
  batch.add(interface.sent, static_cast<double>(stats.sent_bytes));
  batch.add(interface.errors, static_cast<double>(stats.errors));
  batch.add(interface.drops, static_cast<double>(stats.drops));
  if (const auto rate = interface.received_meter.update(stats.received_bytes, round.now)) {
    batch.add(interface.received_rate, *rate);
  }
  if (const auto rate = interface.sent_meter.update(stats.sent_bytes, round.now)) batch.add(interface.sent_rate, *rate);
  // RFC 2863 states; `unknown` is what interfaces say that have no link to lose (tunnels).
  const auto state = read_sys_file(interface.state_file);
  if (state) batch.add(interface.link, *state == "up" || *state == "unknown" ? kUp : kDown);
}

void NetworkCollector::collect(Round& round) {
  const std::string_view text = file_.read();
  if (const std::size_t malformed = parse_net_dev(text, stats_)) machine_.host.count(kMalformed, malformed);
  for (const InterfaceStats& stats : stats_) {
    if (!wanted_.wants(stats.name)) continue;
    Interface* interface = interfaces_.present(stats.name, [&] { return declare(stats.name); });
    if (interface != nullptr) publish(round, stats, *interface);
  }
  interfaces_.sweep([&](Interface& gone) {
    for (const Series series :
         {gone.received, gone.sent, gone.received_rate, gone.sent_rate, gone.errors, gone.drops, gone.link}) {
      round.batch.add_bad(series);
    }
    gone.received_meter.forget();
    gone.sent_meter.forget();
  });
}

}  // namespace telltale::linux_input
