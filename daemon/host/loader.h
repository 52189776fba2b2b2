// Loads a plugin's library and looks at what it says of itself. The only user of dlopen.
//
// The joint: whoever holds a LoadedPlugin may call the C structs it hands out; everything in them was checked, and
// what is text was copied. A library stays loaded until the process ends (its threads and thread-local destructors
// may still run): the daemon therefore loads only plugins with `isolation: none`; everything else is loaded by
// telltale-plugin-host. [main]
#pragma once

#include <string>

#include <telltale/ext/draft/receive.h>
#include <telltale/ext/poll.h>
#include <telltale/ext/probe.h>
#include <telltale/ext/sink.h>
#include <telltale/ext/stream.h>
#include <telltale/ext/write.h>
#include <telltale/plugin.h>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"

namespace telltale::host {

class LoadedPlugin {
 public:
  // Errors name the cause and the mend: not a library, of another machine, a missing library, no entry, another ABI,
  // a description that makes no sense, no interface that this host runs.
  [[nodiscard]] static core::Result<LoadedPlugin> load(const std::string& file);

  [[nodiscard]] const telltale_plugin& plugin() const { return *plugin_; }
  // Exactly one of the three.
  [[nodiscard]] const telltale_poll_1* poll() const { return poll_; }
  [[nodiscard]] const telltale_stream_1* stream() const { return stream_; }
  [[nodiscard]] const telltale_sink_1* sink() const { return sink_; }
  // May be there, too; null otherwise, and when it makes no sense.
  [[nodiscard]] const telltale_probe_1* probe() const { return probe_; }
  [[nodiscard]] const telltale_write_1* write() const { return write_; }
  [[nodiscard]] const telltale_draft_receive_1* receive() const { return receive_; }
  [[nodiscard]] const core::PluginDescription& description() const { return description_; }

 private:
  void take_further_interfaces();

  const telltale_plugin* plugin_ = nullptr;
  const telltale_poll_1* poll_ = nullptr;
  const telltale_stream_1* stream_ = nullptr;
  const telltale_sink_1* sink_ = nullptr;
  const telltale_probe_1* probe_ = nullptr;
  const telltale_write_1* write_ = nullptr;
  const telltale_draft_receive_1* receive_ = nullptr;
  core::PluginDescription description_;
};

}  // namespace telltale::host
