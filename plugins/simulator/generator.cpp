#include "plugins/simulator/generator.h"

#include <algorithm>

namespace telltale::simulator {

Generator::Generator(const Plan& plan) : plan_(plan) {
  std::size_t series = 0;
  for (const WaveSpec& spec : plan.waves) {
    const auto every = plan.every_of(spec);
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& known) { return known.every == every; });
    if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{every, {}, {}});
    for (std::uint32_t copy = 0; copy < plan.copies; ++copy, ++series) {
      group->members.push_back(
          {series, Wave(spec, plan.seed, copy, plan.copies, every), Random(seed_of(~plan.seed, spec.name, copy))});
    }
  }
}

bool Generator::in_gap(std::chrono::nanoseconds time) const {
  return plan_.gap_every.count() != 0 && time % plan_.gap_every >= plan_.gap_every - plan_.gap_for;
}

std::optional<Output> Generator::read(Member& member, std::chrono::nanoseconds time) const {
  const auto sample = member.wave.next(time);
  if (!sample) return std::nullopt;
  Output output{member.series, time, sample->value, false, sample->text};
  // A sequence proves that nothing was lost: it has a value in every reading.
  if (plan_.faults > 0 && member.wave.spec().shape != Shape::kSequence && !sample->text) {
    output.bad = member.faults.uniform() < plan_.faults;
  }
  return output;
}

std::chrono::nanoseconds Generator::next_due() const {
  auto next = std::chrono::nanoseconds::max();
  for (const Group& group : groups_) next = std::min(next, group.due);
  return next;
}

}  // namespace telltale::simulator
