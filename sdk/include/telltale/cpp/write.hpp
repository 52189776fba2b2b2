// Outputs: what of a device can be set. Off unless the user's configuration says `writable: true`.
//
//   class Valve : public telltale::PollingInput, public telltale::Writable {
//     void write(const telltale::Output& output) override {
//       if (output.name != "valve") throw telltale::InvalidError("there is no output " + std::string(output.name));
//       set(output.value);
//     }
#pragma once

#include <chrono>
#include <string_view>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/write.h>

namespace telltale {

// One output to set. Its texts are borrowed for the call.
struct Output {
  explicit Output(const telltale_output& output)
      : name(to_view(output.name)), text(to_view(output.text)), value(output.value), deadline(output.deadline) {}

  std::string_view name;              // as the options name it
  std::string_view text;              // for outputs that take text, else empty
  double value;                       // in the output's own unit; finite
  std::chrono::nanoseconds deadline;  // on the boot clock (Host::now()): give up then
};

// An input whose outputs can be set.
class Writable {
 public:
  Writable() = default;
  Writable(const Writable&) = delete;
  Writable& operator=(const Writable&) = delete;
  virtual ~Writable() = default;
  // Returns when the device has acknowledged. Throws InvalidError for what cannot be set, IoError when the device did
  // not take it, Stopped. Called from another thread than poll() or run(), maybe while they run; once at a time.
  virtual void write(const Output& output) = 0;
};

}  // namespace telltale
