// The bus: one thread that asks one unit after the other, each at its time, and learns how they are.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/bus/counters.h"
#include "plugins/modbus/bus/exchange.h"
#include "plugins/modbus/bus/statistics.h"
#include "plugins/modbus/bus/unit.h"
#include "plugins/modbus/bus/write_queue.h"
#include "plugins/modbus/settings.h"

namespace telltale::modbus {

// Made and run by the instance's thread; other threads reach it through the WriteQueue alone.
class Bus {
 public:
  // Declares all series that are known beforehand. All are borrowed.
  Bus(Host host, const Settings& settings, Link& link, Exchanger& exchanger, WriteQueue& writes);

  // Until the input is stopped.
  void run();
  // One step: a write, a request, or a wait until the next is due; false when the input is being stopped.
  [[nodiscard]] bool step();
  // Sets an output now; false when the input is being stopped. Of step().
  [[nodiscard]] bool perform(const Command& command);

 private:
  [[nodiscard]] bool open();
  [[nodiscard]] bool ask(Unit& unit, const Job& job);
  void answered(Unit& unit, const Job& job, const Answer& answer);
  void refused(Unit& unit, const Job& job, const Answer& answer);
  void failed(Unit& unit, const Job& job, const Answer& answer, bool is_silence);
  void lose_link(const std::string& reason);
  void move_on(Unit& unit, const Job& job);
  void count_strays(Unit& unit);
  void say_health();
  void look_at_load(Time now);
  [[nodiscard]] double load() const;
  [[nodiscard]] bool others_answer(const Unit& unit) const;
  [[nodiscard]] Time usual_time(const Unit& unit) const;

  [[nodiscard]] WriteResult write(Unit& unit, const Point& point, double value, Time deadline);
  [[nodiscard]] std::string read_back(Unit& unit, const Point& point, const std::vector<std::uint16_t>& wanted);

  Host host_;
  const Settings& settings_;
  Link& link_;
  Exchanger& exchanger_;
  WriteQueue& writes_;
  Counters counters_;
  Publisher publisher_;
  Statistics statistics_;
  std::vector<std::unique_ptr<Unit>> units_;

  Time reopen_at_{};
  Time reopen_wait_{};
  bool was_open_ = false;
  bool is_new_ = true;        // nothing was answered since the link was opened
  int silences_ = 0;          // in a row, of whatever unit
  std::string last_reason_;   // why the input is not well
  std::uint64_t missed_ = 0;  // deadlines, since the last look
  Time look_at_{};
  Time complain_at_{};
};

}  // namespace telltale::modbus
