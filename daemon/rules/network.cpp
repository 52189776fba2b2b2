#include "daemon/rules/network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/derived_spec.h"
#include "daemon/core/utf8.h"

namespace telltale::rules {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A name without anything that would choose several.
bool is_plain(std::string_view text) { return text.find_first_of("*?{") == std::string_view::npos; }

std::string_view name_in(const core::Selector& selector) {
  const std::string_view text = selector.text();
  return text.substr(0, text.find_first_of("{@"));
}

core::Labels chosen(const core::Labels& labels, const std::vector<std::string>& by) {
  core::Labels out;
  for (const auto& label : labels) {
    if (std::binary_search(by.begin(), by.end(), label.first)) out.push_back(label);
  }
  return out;
}

}  // namespace

Network::Network(std::vector<Program*> programs, core::BootTime began, UsualSource* usual)
    : programs_(std::move(programs)), began_(began), usual_(usual) {
  for (std::size_t rank = 0; rank < programs_.size(); ++rank) {
    Program* const program = programs_[rank];
    program->rank_ = rank;
    program->bindings_.resize(program->references_.size());
    for (std::size_t i = 0; i < program->references_.size(); ++i) {
      const core::SeriesReference& reference = program->references_[i];
      const std::string_view name = name_in(reference.selector);
      // Alternatives and patterns of names are tried on every new series, the rest is looked up.
      const bool named = !name.empty() && is_plain(name) &&
                         (reference.single || is_plain(reference.selector.text()) ||
                          reference.selector.text().find("=\"") != std::string::npos);
      if (named) {
        by_name_[std::string(name)].push_back({program, i});
      } else {
        patterns_.push_back({program, i});
      }
    }
  }
}

Cell& Network::cell_of(const core::SeriesPtr& series, core::PassPort& port) {
  auto& cell = cells_[series->id.value];
  if (cell) return *cell;
  cell = std::make_unique<Cell>();
  cell->series = series;
  if (const auto newest = port.newest(series->id)) {
    cell->reading = newest->reading;
    cell->has_reading = true;
  }
  const auto producer = producers_.find(series->id.value);
  if (producer != producers_.end()) cell->producer = producer->second;
  port.follow(series->id, true);
  return *cell;
}

void Network::set_producer(core::SeriesId series, Instance& instance) {
  producers_[series.value] = &instance;
  instance.output = series;
  const auto cell = cells_.find(series.value);
  if (cell != cells_.end()) cell->second->producer = &instance;
}

void Network::refresh(core::PassPort& port) {
  const core::Catalog& catalog = port.catalog();
  // Programs make series while they begin, which others look at: a chain of them is as long as the programs are many.
  for (std::size_t turn = 0; turn <= programs_.size() && generation_ != catalog.generation(); ++turn) {
    generation_ = catalog.generation();
    const auto everything = core::Selector::parse("*");
    if (!everything) return;
    for (const core::SeriesPtr& series : catalog.match(*everything)) {
      if (last_ && series->id <= *last_) continue;
      last_ = series->id;
      if (series->declaration.kind == core::SeriesKind::kEvent) continue;
      const core::SeriesKey& key = series->declaration.key;
      if (const auto named = by_name_.find(key.name); named != by_name_.end()) {
        for (const Interest& interest : named->second) join(series, interest, port);
      }
      for (const Interest& interest : patterns_) join(series, interest, port);
    }
    for (Program* program : programs_) {
      if (std::exchange(program->changed_, false)) rebuild(*program, port);
    }
  }
}

void Network::join(const core::SeriesPtr& series, const Interest& interest, core::PassPort& port) {
  const core::SeriesReference& reference = interest.program->references_[interest.reference];
  const core::SeriesKey& key = series->declaration.key;
  if (!reference.selector.matches(key)) return;
  if (reference.look != core::Look::kValue && series->declaration.kind == core::SeriesKind::kCounter) {
    interest.program->problem =
        fmt::format("unusual(): {} is a counter, which is never twice the same; make a derived series of its @rate",
                    series->key_text);
    return;
  }
  auto& bindings = interest.program->bindings_[interest.reference];
  core::Labels labels;
  if (reference.each) {
    labels = {{"series", std::string(core::cut_utf8(series->key_text, core::kMaxLabelBytes))}};
  } else if (reference.grouped) {
    labels = chosen(key.labels, reference.by);
    if (labels.empty()) return;  // of no group
  } else if (reference.gather == core::Gather::kNone && !reference.single) {
    labels = key.labels;
  }
  auto place = bindings.find(labels);
  if (place == bindings.end()) {
    if (bindings.size() >= core::kMaxGroups) {
      ++interest.program->left_out;
      interest.program->problem = fmt::format("{} has more than {} sets of labels: the others are left out",
                                              reference.selector.text(), core::kMaxGroups);
      return;
    }
    place = bindings.try_emplace(labels).first;
  }
  if (reference.gather == core::Gather::kNone && !place->second.empty()) {
    interest.program->problem =
        fmt::format("{} chooses several series, of which the first is taken: {} and {}", reference.selector.text(),
                    place->second.front()->series->key_text, series->key_text);
    return;
  }
  place->second.push_back(&cell_of(series, port));
  interest.program->changed_ = true;
}

// The instances of a program for what is bound now; those that were stay, with their state.
void Network::rebuild(Program& program, core::PassPort& port) {
  for (const auto& [labels, instance] : program.instances) {
    for (const auto& slot : instance->slots) {
      for (Cell* cell : slot) {
        std::erase(cell->uses, instance.get());
      }
    }
  }
  std::set<core::Labels> keys;
  for (const auto& bindings : program.bindings_) {
    for (const auto& [labels, cells] : bindings) {
      if (!labels.empty()) keys.insert(labels);
    }
  }
  if (keys.empty()) keys.insert(core::Labels{});
  for (const core::Labels& key : keys) {
    std::vector<std::vector<Cell*>> slots;
    for (const auto& bindings : program.bindings_) {
      auto found = bindings.find(key);
      if (found == bindings.end()) found = bindings.find(core::Labels{});
      if (found == bindings.end()) break;
      slots.push_back(found->second);
    }
    if (slots.size() != program.bindings_.size()) continue;  // something is missing yet
    auto& instance = program.instances[key];
    const bool is_new = !instance;
    if (is_new) {
      if (instances_ >= kMaxInstances) {
        program.instances.erase(key);
        program.problem = fmt::format("derived series and rules have {} sets of labels together, the most there may be",
                                      kMaxInstances);
        ++program.left_out;
        continue;
      }
      ++instances_;
      instance = std::make_unique<Instance>();
      instance->program = &program;
      instance->rank = program.rank_;
      instance->labels = key;
    }
    instance->slots = std::move(slots);
    std::set<Cell*> used;
    for (const auto& slot : instance->slots) used.insert(slot.begin(), slot.end());
    for (Cell* cell : used) cell->uses.push_back(instance.get());
    if (is_new) program.begin(*instance, *this, port);
    mark(*instance);
  }
}

void Network::mark(Instance& instance) {
  if (instance.dirty) return;
  instance.dirty = true;
  dirty_.push_back(&instance);
}

void Network::take(core::PassPort& port, std::span<const core::Reading> readings) {
  const auto earlier = [](const core::Reading& a, const core::Reading& b) { return a.time < b.time; };
  std::vector<core::Reading> sorted;
  if (!std::is_sorted(readings.begin(), readings.end(), earlier)) {
    sorted.assign(readings.begin(), readings.end());
    std::stable_sort(sorted.begin(), sorted.end(), earlier);
    readings = sorted;
  }
  for (const core::Reading& reading : readings) deliver(reading, port);
  settle(port);
}

void Network::deliver(const core::Reading& reading, core::PassPort& port) {
  const auto cell = cells_.find(reading.series.value);
  if (cell != cells_.end()) deliver(*cell->second, reading, port);
}

void Network::deliver(Cell& cell, const core::Reading& reading, core::PassPort& port) {
  // Nobody joins while readings pass: the uses stay what they are.
  const bool waits = std::any_of(cell.uses.begin(), cell.uses.end(), [&](const Instance* instance) {
    return instance->dirty && cell.stamp > instance->seen;
  });
  if (waits) flush(cell, port);
  cell.reading = reading;
  cell.has_reading = true;
  cell.stamp = ++stamp_;
  for (Instance* instance : cell.uses) mark(*instance);
}

// Computes what waits behind a cell, and what waits behind that, with the readings that are there now.
void Network::flush(const Cell& cell, core::PassPort& port) {
  std::set<std::pair<std::size_t, Instance*>> waiting;
  for (Instance* instance : cell.uses) {
    if (instance->dirty) waiting.emplace(instance->rank, instance);
  }
  while (!waiting.empty()) {
    Instance& instance = *waiting.extract(waiting.begin()).value().second;
    compute(instance, port);
    const auto output = instance.output ? cells_.find(instance.output->value) : cells_.end();
    if (output == cells_.end()) continue;
    for (Instance* behind : output->second->uses) {
      if (behind->dirty) waiting.emplace(behind->rank, behind);
    }
  }
}

void Network::compute(Instance& instance, core::PassPort& port) {
  for (const auto& slot : instance.slots) {
    for (const Cell* cell : slot) {
      if (cell->producer != nullptr && cell->producer->dirty) compute(*cell->producer, port);
    }
  }
  if (!std::exchange(instance.dirty, false)) return;
  const std::uint64_t seen = stamp_;
  instance.program->compute(instance, *this, port);
  instance.seen = seen;
}

void Network::settle(core::PassPort& port) {
  // What is computed may make others dirty, never one before it: the list ends.
  settling_ = true;
  std::size_t next = 0;
  while (next < dirty_.size()) {
    Instance& instance = *dirty_[next++];
    if (instance.dirty) compute(instance, port);
  }
  dirty_.clear();
  settling_ = false;
}

// What a reading says of the time and the quality of what is computed with it.
void Network::note(const Instance& instance, const Cell& cell, core::PassPort& port, Inputs& inputs) const {
  core::Quality quality = cell.reading.quality;
  if (cell.stamp > instance.seen) {
    if (inputs.changed == core::WallTime{} || cell.reading.time < inputs.changed) {
      inputs.changed = cell.reading.time;
      inputs.changed_by_source = cell.reading.by_source;
    }
  } else if (const auto newest = port.newest(cell.series->id)) {
    quality = std::max(quality, newest->reading.quality);
  }
  inputs.quality = std::max(inputs.quality, quality);
  if (inputs.oldest == core::WallTime{} || cell.reading.time < inputs.oldest) {
    inputs.oldest = cell.reading.time;
    inputs.oldest_by_source = cell.reading.by_source;
  }
  inputs.newest = std::max(inputs.newest, cell.reading.time);
}

double Network::value_of(const Program& program, const core::SeriesReference& reference, const Cell& cell,
                         core::PassPort& port, Inputs& inputs) const {
  if (reference.look == core::Look::kValue) {
    const auto& window = reference.selector.window_stat();
    return window ? port.window(cell.series->id, *window, inputs.newest) : cell.reading.value;
  }
  // A clock that may be wrong does not know which hour it is.
  if (usual_ == nullptr || !port.wall_certain()) return kNone;
  const Usual usual = usual_->of({cell.series, reference.weeks, program.zone_, inputs.newest});
  inputs.too_short = inputs.too_short || usual.too_short;
  inputs.pending = inputs.pending || usual.pending;
  return reference.look == core::Look::kUsualCentre ? usual.centre : usual.scale;
}

bool Network::gather(const Instance& instance, std::size_t slot, core::PassPort& port, Inputs& inputs) const {
  const core::SeriesReference& reference = instance.program->references_[slot];
  double sum = 0;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  std::size_t count = 0;
  bool absent = false;
  for (const Cell* cell : instance.slots[slot]) {
    if (!cell->has_reading) {
      // Others of them may come yet: a sum of those that came first would be wrong.
      const bool waits = reference.gather == core::Gather::kNone || port.boot_now() - began_ < kSettle;
      if (waits) return false;
      continue;
    }
    note(instance, *cell, port, inputs);
    const double value = value_of(*instance.program, reference, *cell, port, inputs);
    absent = absent || !std::isfinite(value);
    ++count;
    sum += value;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  if (count == 0) return false;
  double& out = inputs.values[slot];
  switch (reference.gather) {
    case core::Gather::kNone:
    case core::Gather::kSum:
      out = sum;
      break;
    case core::Gather::kMean:
      out = sum / static_cast<double>(count);
      break;
    case core::Gather::kMin:
      out = least;
      break;
    case core::Gather::kMax:
      out = greatest;
      break;
    case core::Gather::kCount:
      out = static_cast<double>(count);
      return true;
  }
  if (absent) out = kNone;
  return true;
}

Inputs Network::inputs_of(const Instance& instance, core::PassPort& port, core::WallTime at) const {
  Inputs inputs;
  inputs.newest = at;
  inputs.values.assign(instance.slots.size(), kNone);
  inputs.complete = true;
  for (std::size_t slot = 0; slot < instance.slots.size(); ++slot) {
    if (!gather(instance, slot, port, inputs)) inputs.complete = false;
  }
  return inputs;
}

void Network::leave(core::PassPort& port) {
  for (const auto& [id, cell] : cells_) port.follow(core::SeriesId{id}, false);
}

}  // namespace telltale::rules
