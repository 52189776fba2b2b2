// Which program looks at which series, and who has to be computed again when one of them has a new reading.
//
// A program (a derived series, a rule) has references; each becomes a slot of its instances, of which there is one for
// each set of labels. A new reading makes the instances dirty that look at it; each is computed once for it, after
// those that it depends on. When a series has its next reading before that, the instance is computed first: readings
// that came together are computed together, and none is left out. Owned and called by the pipeline's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/core/expression.h"
#include "daemon/core/interfaces/pass.h"
#include "daemon/rules/usual.h"

namespace telltale::rules {

class Network;
class Program;
struct Instance;

// A series that somebody looks at.
struct Cell {
  core::SeriesPtr series;
  core::Reading reading;
  bool has_reading = false;
  std::uint64_t stamp = 0;       // when it came, counted over all readings
  Instance* producer = nullptr;  // of a derived series
  std::vector<Instance*> uses;
};

// What an owner keeps of an instance.
struct InstanceState {
  InstanceState() = default;
  InstanceState(const InstanceState&) = delete;
  InstanceState& operator=(const InstanceState&) = delete;
  virtual ~InstanceState() = default;
};

struct Instance {
  Program* program = nullptr;
  std::size_t rank = 0;  // of its program
  core::Labels labels;
  std::vector<std::vector<Cell*>> slots;
  std::optional<core::SeriesId> output;  // the series that it makes
  std::unique_ptr<InstanceState> state;
  std::uint64_t seen = 0;  // stamp of the newest reading that it was computed with
  bool dirty = false;
};

// The values of an instance's slots at one moment.
struct Inputs {
  std::vector<double> values;                    // NaN: absent
  bool complete = false;                         // every slot has a series with a reading, or a window
  core::Quality quality = core::Quality::kGood;  // the worst
  core::WallTime oldest{};                       // of all readings
  bool oldest_by_source = false;
  core::WallTime changed{};  // the oldest of those that are new
  bool changed_by_source = false;
  core::WallTime newest{};
  bool too_short = false;  // the history, to say what is usual
  bool pending = false;    // what is usual is being looked up
};

class Program {
 public:
  Program(std::string name, std::vector<core::SeriesReference> references)
      : name_(std::move(name)), references_(std::move(references)) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  virtual ~Program() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<core::SeriesReference>& references() const { return references_; }
  // A new instance. Its state is made here.
  virtual void begin(Instance& instance, Network& network, core::PassPort& port) = 0;
  // Something that it looks at has changed.
  virtual void compute(Instance& instance, Network& network, core::PassPort& port) = 0;

  // By whose clock the hour of a week is the same one; UTC if never called.
  void set_zone(std::string name, core::TimeZone zone) {
    zone_ = std::make_shared<const Zone>(Zone{std::move(name), std::move(zone)});
  }

  std::map<core::Labels, std::unique_ptr<Instance>> instances;
  std::string problem;         // why it does not, or not wholly, do what it should; empty: it does
  std::uint64_t left_out = 0;  // sets of labels beyond the most

 private:
  friend class Network;
  std::size_t rank_ = 0;
  std::string name_;
  std::vector<core::SeriesReference> references_;
  ZonePtr zone_ = std::make_shared<const Zone>();
  std::vector<std::map<core::Labels, std::vector<Cell*>>> bindings_;  // by reference
  bool changed_ = false;
};

class Network {
 public:
  static constexpr core::Duration kSettle = std::chrono::seconds(60);

  // In the order in which they are computed: nothing looks at what comes behind it. Outlive this. `began`: when
  // readings began to come. `usual`: outlives this too; nullptr: nothing is known of what is usual.
  Network(std::vector<Program*> programs, core::BootTime began, UsualSource* usual = nullptr);
  // Joins series that it does not know yet.
  void refresh(core::PassPort& port);
  void take(core::PassPort& port, std::span<const core::Reading> readings);
  // A reading that a program made.
  void deliver(const core::Reading& reading, core::PassPort& port);
  void mark(Instance& instance);
  // Whether what is computed now has the newest readings of this pass, and not those on the way to them.
  [[nodiscard]] bool settling() const { return settling_; }
  // Whatever is dirty, in order.
  void settle(core::PassPort& port);
  // Windows end at `at`, or at the newest reading when that is later.
  [[nodiscard]] Inputs inputs_of(const Instance& instance, core::PassPort& port, core::WallTime at = {}) const;
  // The series of that id comes from this instance.
  void set_producer(core::SeriesId series, Instance& instance);
  // Lets go of everything that it follows.
  void leave(core::PassPort& port);
  [[nodiscard]] std::size_t series() const { return cells_.size(); }
  [[nodiscard]] std::size_t instances() const { return instances_; }
  static constexpr std::size_t kMaxInstances = 8192;

 private:
  struct Interest {
    Program* program;
    std::size_t reference;
  };
  void join(const core::SeriesPtr& series, const Interest& interest, core::PassPort& port);
  Cell& cell_of(const core::SeriesPtr& series, core::PassPort& port);
  void rebuild(Program& program, core::PassPort& port);
  void deliver(Cell& cell, const core::Reading& reading, core::PassPort& port);
  void flush(const Cell& cell, core::PassPort& port);
  void compute(Instance& instance, core::PassPort& port);
  double value_of(const Program& program, const core::SeriesReference& reference, const Cell& cell,
                  core::PassPort& port, Inputs& inputs) const;
  bool gather(const Instance& instance, std::size_t slot, core::PassPort& port, Inputs& inputs) const;
  void note(const Instance& instance, const Cell& cell, core::PassPort& port, Inputs& inputs) const;

  std::vector<Program*> programs_;
  std::unordered_map<std::string, std::vector<Interest>> by_name_;
  std::vector<Interest> patterns_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Cell>> cells_;
  std::unordered_map<std::uint32_t, Instance*> producers_;
  std::vector<Instance*> dirty_;
  core::BootTime began_;
  UsualSource* usual_;
  std::uint64_t generation_ = 0;
  std::uint64_t stamp_ = 0;
  std::optional<core::SeriesId> last_;
  std::size_t instances_ = 0;
  bool settling_ = false;
};

}  // namespace telltale::rules
