// Finding devices before anything is configured: `telltale probe NAME`.
//
//   class Meter : public telltale::PollingInput, public telltale::Probing {
//     static constexpr telltale_option kProbeOptions[] = {telltale::Option::path("port", "Where to look.")};
//     static void probe(telltale::Host host, telltale::Report report, int stop_fd);
#pragma once

#include <cstdint>
#include <string_view>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/probe.h>

namespace telltale {

// Something found.
struct Finding {
  std::string_view title;          // one line: `unit 3: Eastron SDM120`
  std::string_view detail = {};    // more lines: values side by side, why it is thought so
  std::string_view options = {};   // YAML to paste below `options:` of an input
  std::uint32_t confidence = 100;  // percent
};

// Where a probe tells what it finds. A value; valid until probe() returns. [any]
class Report {
 public:
  explicit Report(const telltale_report& report) noexcept : report_(&report) {}

  // False: it is malformed, or there were 4,096 already.
  bool found(const Finding& finding) const {
    const telltale_finding plain{to_str(finding.title), to_str(finding.detail), to_str(finding.options),
                                 finding.confidence, 0};
    return report_->found(report_, &plain) == TELLTALE_OK;
  }
  // How far it is, `done` of `total` steps, and what is being tried.
  void progress(std::uint32_t done, std::uint32_t total, std::string_view text) const {
    report_->progress(report_, done, total, to_str(text));
  }

 private:
  const telltale_report* report_;
};

// A mark: the class has `kProbeOptions` and `static void probe(Host, Report, int stop_fd)`, which looks until all is
// tried or stop_fd becomes readable, then returns within 2 s. It makes no instance and publishes nothing. Throws
// ConfigError, and IoError when it could not look at all.
class Probing {};

}  // namespace telltale
