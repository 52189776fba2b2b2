// A bus with units that are only tables, on a clock that the bus itself moves: hours pass in milliseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#include "plugins/modbus/bus/bus.h"
#include "plugins/modbus/bus/rtu_exchanger.h"
#include "plugins/modbus/bus/tcp_exchanger.h"
#include "plugins/modbus/codec/crc16.h"
#include "plugins/modbus/modbus_options.h"
#include "plugins/modbus/settings.h"
#include "tests/support/fake_host.h"
#include "tests/unit/plugins/modbus/fake_link.h"

namespace telltale::modbus::test {

using telltale::test::FakeHost;
using telltale::test::Given;
using Keys = std::vector<std::pair<std::string, Given>>;

// The units on the line, and how they answer.
class Units {
 public:
  std::map<std::pair<int, int>, std::uint16_t> holding;  // (unit, address) to value
  std::map<std::pair<int, int>, bool> coils;
  std::set<int> dead;
  std::set<int> whole;  // units that have every register, 0 where nothing was filled, and every bit
  int most = 125;       // registers at once
  int spoilt = 0;       // so many RTU replies have a wrong checksum
  int stuck = -1;       // an address that takes writes, and keeps its value
  Time think = std::chrono::milliseconds(5);
  std::vector<Bytes> requests;  // unit and PDU

  void fill(int unit, int first, const std::vector<std::uint16_t>& values) {
    for (const std::uint16_t value : values) holding[{unit, first++}] = value;
  }

  // Unit and PDU of the reply; nothing of a dead unit.
  std::optional<Bytes> answer(const Bytes& request) {
    requests.push_back(request);
    const int unit = request[0];
    const std::uint8_t function = request[1];
    const int address = request[2] << 8 | request[3];
    const int count = request[4] << 8 | request[5];
    if (dead.contains(unit)) return std::nullopt;
    const auto exception = [&](std::uint8_t code) {
      return Bytes{request[0], static_cast<std::uint8_t>(function | 0x80), code};
    };
    if (function == 3 || function == 4) {
      Bytes reply{request[0], function, static_cast<std::uint8_t>(count * 2)};
      for (int i = address; i < address + count; ++i) {
        const auto found = holding.find({unit, i});
        if ((found == holding.end() && !whole.contains(unit)) || count > most) return exception(2);
        const std::uint16_t word = found == holding.end() ? std::uint16_t{0} : found->second;
        reply.push_back(static_cast<std::uint8_t>(word >> 8));
        reply.push_back(static_cast<std::uint8_t>(word & 0xff));
      }
      return reply;
    }
    if (function == 1 || function == 2) {
      Bytes reply{request[0], function, static_cast<std::uint8_t>((count + 7) / 8)};
      reply.resize(3 + static_cast<std::size_t>(count + 7) / 8);
      for (int i = 0; i < count; ++i) {
        if (coils[{unit, address + i}])
          reply[3 + static_cast<std::size_t>(i) / 8] |= static_cast<std::uint8_t>(1 << i % 8);
      }
      return reply;
    }
    if (address == stuck) return Bytes(request.begin(), request.begin() + 6);
    const bool is_register = function == 6 || function == 16;
    if (is_register && !holding.contains({unit, address})) return exception(2);
    if (function == 5) coils[{unit, address}] = request[4] != 0;
    if (function == 15) coils[{unit, address}] = (request[7] & 1) != 0;
    if (function == 6) holding[{unit, address}] = static_cast<std::uint16_t>(count);
    if (function == 16) {
      for (int i = 0; i < count; ++i) {
        const auto at = 7 + static_cast<std::size_t>(i) * 2;
        holding[{unit, address + i}] = static_cast<std::uint16_t>(request[at] << 8 | request[at + 1]);
      }
    }
    if (function != 5 && function != 6 && function != 15 && function != 16) return exception(1);
    return Bytes(request.begin(), request.begin() + 6);
  }
};

class BusRig {
 public:
  // `url`: tcp://… or rtu:///…, for the framing and the timing.
  BusRig(const std::string& url, std::vector<Given> devices, Keys more = {})
      : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), writes(wake_fd_) {
    Keys keys{{"url", url}, {"devices", Given::list(std::move(devices))}};
    for (auto& key : more) keys.push_back(std::move(key));
    host_ = std::make_unique<FakeHost>(kOptionTable, Given::section(std::move(keys)), "plc");
    settings_ = make_settings(host_->host().options(), TELLTALE_BINARY_DIR "/share/telltale/profiles/modbus");
    const bool is_tcp = settings_.address.kind == Address::Kind::kTcp;
    if (is_tcp) {
      exchanger_ = std::make_unique<TcpExchanger>(link, settings_.timing, 7);
    } else {
      exchanger_ = std::make_unique<RtuExchanger>(link, settings_.timing);
    }
    link.on_send = [this, is_tcp](const Bytes& frame) { is_tcp ? on_tcp(frame) : on_rtu(frame); };
    bus_ = std::make_unique<Bus>(host_->host(), settings_, link, *exchanger_, writes);
  }
  BusRig(const BusRig&) = delete;
  BusRig& operator=(const BusRig&) = delete;
  ~BusRig() { ::close(wake_fd_); }

  void run_for(Time time) { (void)steps_of(time); }
  // How many steps that took; at most a million, when time stands still.
  [[nodiscard]] int steps_of(Time time) {
    int steps = 0;
    for (const Time end = link.now() + time; link.now() < end && steps < 1'000'000; ++steps) {
      if (!bus_->step()) break;
    }
    return steps;
  }
  // Sets an output, as a thread of the host would.
  WriteResult write(const std::string& name, double value);

  [[nodiscard]] FakeHost& host() { return *host_; }

 private:
  int wake_fd_;

 public:
  FakeLink link;
  Units units;
  WriteQueue writes;

 private:
  void on_tcp(const Bytes& frame) {
    const auto reply = units.answer(Bytes(frame.begin() + 6, frame.end()));
    if (!reply) return;
    Bytes out{frame[0], frame[1], 0, 0, 0, static_cast<std::uint8_t>(reply->size())};
    out.insert(out.end(), reply->begin(), reply->end());
    link.arrive(out, units.think);
  }
  void on_rtu(const Bytes& frame) {
    auto reply = units.answer(Bytes(frame.begin(), frame.end() - 2));
    if (!reply) return;
    const std::uint16_t crc = crc16(*reply);
    reply->push_back(static_cast<std::uint8_t>(crc));
    reply->push_back(static_cast<std::uint8_t>(crc >> 8));
    if (units.spoilt > 0 && units.spoilt-- > 0) reply->back() ^= 1;
    const auto characters = static_cast<std::int64_t>(frame.size() + reply->size());
    link.arrive(*reply, settings_.timing.character * characters + units.think);
  }

  std::unique_ptr<FakeHost> host_;
  Settings settings_;
  std::unique_ptr<Exchanger> exchanger_;
  std::unique_ptr<Bus> bus_;
};

inline Given point(const std::string& name, int holding, Keys more = {}) {
  Keys keys{{"name", name}, {"holding", std::to_string(holding)}};
  for (auto& key : more) keys.push_back(std::move(key));
  return Given::section(std::move(keys));
}
inline Given device(int unit, std::vector<Given> points, Keys more = {}) {
  Keys keys{{"unit", std::to_string(unit)}, {"points", Given::list(std::move(points))}};
  for (auto& key : more) keys.push_back(std::move(key));
  return Given::section(std::move(keys));
}

}  // namespace telltale::modbus::test
