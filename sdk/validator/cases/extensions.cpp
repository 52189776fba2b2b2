// write/1, probe/1 and sink/1, of plugins that offer them.
#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/option_table.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

using Steady = std::chrono::steady_clock;

template <class Interface>
const Interface& offered(Lab& lab, const char* id) {
  const auto* found = static_cast<const Interface*>(lab.interface(id));
  if (found == nullptr) skip(std::string("it does not offer ") + id);
  return *found;
}

// A stop descriptor that is, or will be, readable.
class StopDescriptor {
 public:
  explicit StopDescriptor(std::chrono::milliseconds after) : fd_(::eventfd(after.count() == 0 ? 1 : 0, EFD_CLOEXEC)) {
    if (after.count() == 0) return;
    thread_ = std::thread([this, end = Steady::now() + after] {
      while (!over_ && Steady::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const std::uint64_t one = 1;
      static_cast<void>(!::write(fd_, &one, sizeof one));
    });
  }
  StopDescriptor(const StopDescriptor&) = delete;
  StopDescriptor& operator=(const StopDescriptor&) = delete;
  ~StopDescriptor() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

void write_refuses_unknown(Lab& lab) {
  const auto& it = offered<telltale_write_1>(lab, TELLTALE_WRITE_1);
  const auto instance = lab.create();
  const telltale_host& host = instance->host().c_host();
  for (const std::string_view name : {"", "no such output", "a\nb"}) {
    const telltale_output output{to_str(name), {}, 1.0, host.now(&host) + 1'000'000'000};
    telltale_result result = TELLTALE_OK;
    const auto begin = Steady::now();
    lab.call("write", [&] { result = it.write(instance->raw(), &output); });
    if (Steady::now() - begin > std::chrono::seconds(3)) fail("it came back long after the deadline");
    if (result != TELLTALE_E_INVALID && result != TELLTALE_E_IO) {
      fail("for the output '" + shown(name) + "', which there is not, it answered " + result_text(result));
    }
  }
  instance->destroy();
}

void probe_has_table(Lab& lab) {
  const auto& it = offered<telltale_probe_1>(lab, TELLTALE_PROBE_1);
  if (const std::string problem = table_problem(it.options, it.option_count); !problem.empty()) fail(problem);
}

struct Found {
  std::atomic<int> count{0};
  std::atomic<bool> malformed{false};
  static telltale_result found(const telltale_report* report, const telltale_finding* finding) {
    auto& it = *static_cast<Found*>(report->context);
    ++it.count;
    const bool well = finding != nullptr && is_sane(finding->title, 512) && finding->title.size > 0 &&
                      is_utf8(to_view(finding->title)) && is_sane(finding->detail, 65'536) &&
                      is_sane(finding->options, 65'536) && finding->confidence <= 100;
    if (!well) it.malformed = true;
    return well ? TELLTALE_OK : TELLTALE_E_INVALID;
  }
  static void progress(const telltale_report* /*report*/, std::uint32_t /*done*/, std::uint32_t /*total*/,
                       telltale_str /*text*/) {}
};

// Runs the probe; told to stop after a while, it has to be back 2 s later.
void probe_stops(Lab& lab) {
  const auto& it = offered<telltale_probe_1>(lab, TELLTALE_PROBE_1);
  if (!table_problem(it.options, it.option_count).empty()) skip("its own table is not sound");
  for (const auto after : {std::chrono::milliseconds(0), std::chrono::milliseconds(500)}) {
    const ValueTree options(it.options, it.option_count, {}, lab.directory());
    RecordingHost host("validator", options.root(), lab.stage());
    host.refuse_series(true);
    Found found;
    const telltale_report report{&found, &Found::found, &Found::progress};
    const StopDescriptor stop(after);
    telltale_result result = TELLTALE_OK;
    const auto begin = Steady::now();
    lab.call("probe", [&] { result = it.run(&host.c_host(), &report, stop.fd()); });
    if (Steady::now() - begin > after + std::chrono::seconds(2)) fail("it came back more than 2 s after the stop");
    if (result != TELLTALE_OK && result != TELLTALE_E_CONFIG && result != TELLTALE_E_IO &&
        result != TELLTALE_E_STOPPED) {
      fail("it answered " + result_text(result));
    }
    if (found.malformed) fail("a finding has no title, no text, or a confidence above 100");
    if (host.calls_of_publish() > 0 || !host.series().empty()) fail("it published: a probe reports findings");
  }
}

void sink_answers(Lab& lab) {
  const auto& it = offered<telltale_sink_1>(lab, TELLTALE_SINK_1);
  const auto instance = lab.create();
  telltale_series series{};
  series.name = to_str("validator.number");
  series.decimals = -1;
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const telltale_outgoing readings[] = {{&series, {}, now - 1'000'000'000, 1.5, TELLTALE_QUALITY_GOOD, 0},
                                        {&series, {}, now, 0, TELLTALE_QUALITY_BAD, 0}};
  const telltale_batch batch{readings, 7, 2, 1};
  const StopDescriptor stop(std::chrono::milliseconds(1'000));
  telltale_result result = TELLTALE_OK;
  const auto begin = Steady::now();
  lab.call("send", [&] { result = it.send(instance->raw(), &batch, stop.fd()); });
  if (Steady::now() - begin > std::chrono::seconds(4)) fail("it came back long after the stop");
  if (result != TELLTALE_OK && result != TELLTALE_E_IO && result != TELLTALE_E_INVALID &&
      result != TELLTALE_E_STOPPED) {
    fail("it answered " + result_text(result));
  }
  instance->destroy();
}

constexpr Case kCases[] = {
    {{"write.rejects_unknown", "write/1 refuses an output that there is not, in time.",
      "Answer TELLTALE_E_INVALID for a name that the options do not have; give up at the deadline."},
     {"destroy.returns"},
     &write_refuses_unknown},
    {{"probe.table", "The options table of probe/1 is sound.", "As for options.table."},
     {"interfaces.complete"},
     &probe_has_table},
    {{"probe.stops", "A probe ends within 2 s of its stop descriptor being readable, and publishes nothing.",
      "Look at stop_fd between steps; report with report->found."},
     {"probe.table"},
     &probe_stops},
    {{"sink.answers", "sink/1 answers for a batch, also when the other side is away, and stops when told.",
      "Give every wait a limit and look at stop_fd; answer TELLTALE_E_IO when the other side is away."},
     {"destroy.returns"},
     &sink_answers},
};

}  // namespace

std::span<const Case> extension_cases() { return kCases; }

}  // namespace telltale::validator
