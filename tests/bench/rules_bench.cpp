// What derived series and rules cost: the real engine on a clock that is moved by hand, a pass each 10 ms of it, once
// without anybody who follows, once with rules. What the readings themselves cost is in both.
//   bench_rules SERIES RATE RULES SECONDS RUNS
// RATE: readings a second, of all series together. Each rule watches one series: a third its value, a third the mean of
// a minute, a third a derived series. Prints {"without": […], "with": […]}: CPU seconds a second, one of each a run.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/pipeline/engine.h"
#include "daemon/rules/book.h"
#include "tests/support/manual_clock.h"

namespace telltale::bench {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class NoHistory final : public core::HistoryWriter {
 public:
  void declare(const core::SeriesInfo&) override {}
  core::Result<std::uint64_t> append(const core::ReadingBatch& batch) override { return position_ += batch.size(); }
  void when_durable(std::uint64_t, std::function<void(core::Result<void>)> done) override { done({}); }
  [[nodiscard]] bool tight() const override { return false; }

 private:
  std::uint64_t position_ = 0;
};

core::ExpressionPtr parsed(const std::string& text) {
  auto outcome = core::parse_expression(text);
  if (!outcome.expression) throw std::runtime_error(text + ": " + outcome.mistakes.front().message);
  return outcome.expression;
}

class Bench {
 public:
  Bench(std::size_t series, std::size_t rate, std::size_t rules) : rate_(rate) {
    engine_.set_follower(&book_);
    for (std::size_t i = 0; i < series; ++i) {
      core::SeriesDeclaration declaration;
      declaration.key.name = name_of(i);
      engine_.begin_pass();
      states_.push_back(engine_.declare("bench", declaration));
    }
    std::vector<core::DerivedSpec> derived;
    std::vector<core::RuleSpec> watched;
    for (std::size_t i = 0; i < rules; ++i) {
      const std::string name = name_of(i % series);
      std::string looked_at = name;
      if (i % 3 == 1) looked_at = name + "@mean_1m";
      if (i % 3 == 2) {
        looked_at = "d" + std::to_string(i);
        core::DerivedSpec spec;
        spec.name = looked_at;
        spec.expression = parsed(name + " * 2 + 1");
        derived.push_back(std::move(spec));
      }
      core::RuleSpec rule;
      rule.name = "r" + std::to_string(i);
      rule.when = parsed(looked_at + " > 1e9");
      rule.clear = parsed(looked_at + " < 1e8");
      rule.hold = seconds(30);
      watched.push_back(std::move(rule));
    }
    engine_.run_pass([&](core::PassPort& port) { book_.apply(derived, watched, port); });
  }

  // CPU seconds for a second of readings, after a while of them.
  double run(int length) {
    for (int i = 0; i < 5; ++i) second();
    const double before = cpu();
    for (int i = 0; i < length; ++i) second();
    const double cost = (cpu() - before) / length;
    for (const core::AlarmStatus& alarm : book_.alarms()) {
      if (alarm.state != core::AlarmState::kInactive) throw std::runtime_error(alarm.spec.name + " was not judged");
    }
    return cost;
  }

 private:
  static std::string name_of(std::size_t number) { return "bench.s" + std::to_string(number); }
  static double cpu() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }
  void second() {
    constexpr int kPasses = 100;
    for (int pass = 0; pass < kPasses; ++pass) {
      clock_.advance(milliseconds(10));
      engine_.begin_pass();
      for (std::size_t i = 0; i < rate_ / kPasses; ++i) {
        engine_.take(*states_[next_], {}, static_cast<double>(next_), core::Quality::kGood);
        next_ = (next_ + 1) % states_.size();
      }
      if (!engine_.finish_pass()) throw std::runtime_error("a pass failed");
    }
    if (engine_.has_seconds()) engine_.each_second();
  }

  std::size_t rate_;
  std::size_t next_ = 0;
  test::ManualClock clock_;
  NoHistory history_;
  pipeline::Registry registry_{{}};
  pipeline::WatchTable watches_;
  core::Logger log_{core::make_null_sink(), "bench"};
  rules::Book book_{log_};
  pipeline::Engine engine_{
      {{seconds(10), minutes(1), minutes(15), hours(1), hours(24)}}, registry_, watches_, history_, clock_, log_};
  std::vector<pipeline::SeriesState*> states_;
};

void print(const char* name, const std::vector<double>& values, const char* end) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.6g", i == 0 ? "" : ", ", values[i]);
  std::printf("]%s", end);
}

int run(char** words) {
  const auto number = [&](int at) { return static_cast<std::size_t>(std::atoll(words[at])); };
  std::vector<double> without;
  std::vector<double> with;
  for (std::size_t i = 0; i < number(5); ++i) {
    without.push_back(Bench(number(1), number(2), 0).run(static_cast<int>(number(4))));
    with.push_back(Bench(number(1), number(2), number(3)).run(static_cast<int>(number(4))));
  }
  std::printf("{");
  print("without", without, ", ");
  print("with", with, "}\n");
  return 0;
}

}  // namespace
}  // namespace telltale::bench

int main(int count, char** words) {
  try {
    return count == 6 ? telltale::bench::run(words) : 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_rules: %s\n", failure.what());
    return 1;
  }
}
