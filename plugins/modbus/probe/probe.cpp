#include "plugins/modbus/probe/probe.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugins/modbus/bus/rtu_exchanger.h"
#include "plugins/modbus/bus/tcp_exchanger.h"
#include "plugins/modbus/link/serial_link.h"
#include "plugins/modbus/link/tcp_link.h"
#include "plugins/modbus/probe/decodings.h"
#include "plugins/modbus/probe/probe_words.h"

namespace telltale::modbus {
namespace {

constexpr std::size_t kLikelyUnits = 10;

// A way to set a serial line; one without meaning for a TCP connection.
struct Setting {
  int baud = 0;
  char parity = 'N';
};

struct Found {
  unsigned unit = 0;
  std::vector<std::uint16_t> registers;  // empty: it answered, but has nothing there
  std::string remark;                    // how it answered
};

class Probe {
 public:
  Probe(Host host, Report report, int stop_fd)
      : host_(host),
        report_(report),
        signals_{stop_fd, -1},
        options_(host.options()),
        address_(parse_url(options_.text("url"))) {}

  void run() {
    const std::vector<unsigned> units = parse_units(options_.text("units"));
    const std::vector<Setting> settings = settings_to_try();
    total_ = static_cast<std::uint32_t>(units.size() * settings.size());
    // Most devices have a low number: the settings are tried with those first, so that the one that is right is known
    // after a minute and not after a quarter of an hour.
    const std::size_t likely = settings.size() == 1 ? units.size() : std::min(kLikelyUnits, units.size());
    const std::span<const unsigned> all(units);
    for (const auto part : {all.first(likely), all.subspan(likely)}) {
      for (const Setting& setting : settings) {
        if (part.empty()) return;
        try_setting(setting, part);
        if (is_stopped_) return;
        if (found_ == 0) continue;
        // Units on one line have one setting.
        total_ = static_cast<std::uint32_t>(done_ + units.size() - likely);
        if (part.data() == units.data() && likely < units.size()) try_setting(setting, all.subspan(likely));
        return;
      }
      if (!was_open_) throw IoError(reason_);
    }
  }

 private:
  [[nodiscard]] std::vector<Setting> settings_to_try() const {
    if (address_.kind != Address::Kind::kRtu) return {Setting{}};
    const std::string url(options_.text("url"));
    std::vector<Setting> settings;
    std::vector<int> bauds{address_.serial.baud};
    if (url.find("baud=") == std::string::npos) bauds = parse_bauds(options_.text("bauds"));
    std::vector<char> parities{address_.serial.parity};
    if (url.find("parity=") == std::string::npos) parities = parse_parities(options_.text("parities"));
    for (const char parity : parities) {
      for (const int baud : bauds) settings.push_back({baud, parity});
    }
    return settings;
  }

  void make_link(const Setting& setting) {
    Timing timing;
    timing.timeout = options_.duration("timeout");
    if (address_.kind == Address::Kind::kRtu) {
      SerialSettings serial = address_.serial;
      serial.baud = setting.baud;
      serial.parity = setting.parity;
      timing.character = std::chrono::nanoseconds(1'000'000'000LL * serial.bits_per_character() / serial.baud);
      timing.frame_delay = Timing::usual_frame_delay(serial.baud, serial.bits_per_character());
      link_ = std::make_unique<SerialLink>(host_, serial, signals_);
    } else {
      link_ = std::make_unique<TcpLink>(host_, address_, signals_);
    }
    if (address_.kind == Address::Kind::kTcp) {
      exchanger_ = std::make_unique<TcpExchanger>(*link_, timing, 1);
    } else {
      exchanger_ = std::make_unique<RtuExchanger>(*link_, timing);
    }
  }

  void try_setting(const Setting& setting, std::span<const unsigned> units) {
    make_link(setting);
    if (const auto reason = link_->open()) {
      is_stopped_ = reason->empty();
      done_ += static_cast<std::uint32_t>(units.size());
      reason_ = *reason;
      return;
    }
    was_open_ = true;
    exchanger_->opened();
    for (const unsigned unit : units) {
      const std::string words = words_for(setting);
      const std::string text = "unit " + std::to_string(unit) + (words.empty() ? "" : " at " + words);
      report_.progress(done_++, total_, text);
      if (const auto found = ask(static_cast<std::uint8_t>(unit))) report_unit(*found, setting);
      if (is_stopped_) break;
    }
  }

  [[nodiscard]] std::string words_for(const Setting& setting) const {
    if (address_.kind != Address::Kind::kRtu) return {};
    return std::to_string(setting.baud) + " baud, parity " + std::string(parity_word(setting.parity));
  }

  // What a unit says of the range; nothing when it does not answer. One that has not all of it is asked for less.
  std::optional<Found> ask(std::uint8_t unit) {
    auto count = static_cast<std::uint16_t>(std::max<std::int64_t>(options_.integer("count"), 1));
    for (;; count = static_cast<std::uint16_t>(count / 2)) {
      auto found = ask(unit, count);
      if (!found || found->remark.empty() || count == 1) return found;
    }
  }

  std::optional<Found> ask(std::uint8_t unit, std::uint16_t count) {
    const Range range{parse_table(options_.text("table")), static_cast<std::uint16_t>(options_.integer("address")),
                      count};
    const Answer answer = exchanger_->read(unit, range, count, options_.duration("timeout"));
    Found found{unit, {}, {}};
    switch (answer.outcome) {
      case Outcome::kReply:
        for (std::size_t i = 0; i < count; ++i) {
          const auto bit = static_cast<std::uint16_t>(is_bits(range.table) ? answer.reply[i / 8] >> (i % 8) & 1 : 0);
          found.registers.push_back(
              is_bits(range.table) ? bit
                                   : static_cast<std::uint16_t>(answer.reply[i * 2] << 8U | answer.reply[i * 2 + 1]));
        }
        return found;
      case Outcome::kException:
        if (answer.exception == kGatewayNoPath || answer.exception == kGatewayNoAnswer) return std::nullopt;
        found.remark = exception_text(answer.exception);
        return found;
      case Outcome::kStopped:
        is_stopped_ = true;
        return std::nullopt;
      case Outcome::kBroken:
        if (!link_->open()) exchanger_->opened();
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  void report_unit(const Found& found, const Setting& setting) {
    ++found_;
    const auto first = static_cast<std::uint16_t>(options_.integer("address"));
    const Table table = parse_table(options_.text("table"));
    const std::string words = words_for(setting);
    const std::string title = "unit " + std::to_string(found.unit) + " answers" + (words.empty() ? "" : " at " + words);
    std::string detail = found.remark.empty() ? ""
                                              : "it says '" + found.remark + "' of " + std::string(to_word(table)) +
                                                    " " + std::to_string(first);
    std::string yaml = "url: " + url_with(options_.text("url"), address_, setting.baud, setting.parity) +
                       "\ndevices:\n  - unit: " + std::to_string(found.unit) + "\n    points:\n";
    if (options_.integer("count") != 0 && !found.registers.empty()) {
      detail = is_bits(table) ? bits_text(first, found.registers) : side_by_side(first, found.registers);
      yaml +=
          is_bits(table) ? yaml_bits(table, first, found.registers.size()) : yaml_points(table, first, found.registers);
    } else {
      yaml += "      - {name: value, " + std::string(to_word(table)) + ": " + std::to_string(first) + "}\n";
    }
    report_.found({title, detail, yaml, found.remark.empty() ? 100U : 95U});
  }

  Host host_;
  Report report_;
  Signals signals_;
  Options options_;
  Address address_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Exchanger> exchanger_;
  std::string reason_;  // why the line could not be opened
  bool was_open_ = false;
  std::uint32_t done_ = 0;
  std::uint32_t total_ = 0;
  std::uint32_t found_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

void run_probe(Host host, Report report, int stop_fd) { Probe(host, report, stop_fd).run(); }

}  // namespace telltale::modbus
