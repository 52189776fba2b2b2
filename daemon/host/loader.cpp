#include "daemon/host/loader.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include <dlfcn.h>

#include <telltale/cpp/text.hpp>

#include "daemon/core/escape.h"
#include "daemon/core/series.h"
#include "daemon/host/elf_check.h"

namespace telltale::host {

namespace {

using core::Error;
using core::ErrorCode;
using core::make_error;

constexpr std::uint32_t kNewestAbiAskedFor = 16;
constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxSummaryBytes = 512;

Error refuse(const std::string& file, std::string why) { return make_error(ErrorCode::kInvalid, std::move(why), file); }

// A plugin that answers NULL says which ABI it was built for to a host of that ABI. Only the first field of the
// answer, abi_major, has the same place in every ABI.
Error refused_entry(const std::string& file, telltale_plugin_entry_fn entry) {
  for (std::uint32_t major = 1; major <= kNewestAbiAskedFor; ++major) {
    if (major == TELLTALE_ABI_MAJOR) continue;
    if (const telltale_plugin* plugin = entry(major); plugin != nullptr) {
      return refuse(file, "was built for ABI " + std::to_string(plugin->abi_major) + ", this host speaks ABI " +
                              std::to_string(TELLTALE_ABI_MAJOR) + "; rebuild it with this version's SDK");
    }
  }
  return refuse(file, "its entry refuses this host's ABI " + std::to_string(TELLTALE_ABI_MAJOR) +
                          "; rebuild it with this version's SDK");
}

bool is_plugin_name(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto word = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxWordBytes && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), word);
}

bool is_text(telltale_str text, std::size_t limit) {
  if (text.size > limit || (text.size > 0 && text.data == nullptr)) return false;
  return core::is_clean_text(to_view(text));
}

core::Result<core::PluginDescription> describe(const std::string& file, const telltale_plugin& plugin) {
  if (!is_text(plugin.name, kMaxWordBytes) || !is_plugin_name(to_view(plugin.name))) {
    return refuse(file, "its name is not like [a-z][a-z0-9_-]*, up to 64 bytes");
  }
  if (!is_text(plugin.version, kMaxWordBytes)) return refuse(file, "its version is no text of up to 64 bytes");
  if (!is_text(plugin.summary, kMaxSummaryBytes)) return refuse(file, "its summary is no text of up to 512 bytes");
  if (plugin.create == nullptr || plugin.destroy == nullptr || plugin.get_interface == nullptr) {
    return refuse(file, "create, destroy or get_interface is missing from its description");
  }
  auto options = core::copy_options(plugin.options, plugin.option_count);
  if (!options) return options.error().in(file);
  core::PluginDescription description;
  description.name = to_view(plugin.name);
  description.version = to_view(plugin.version);
  description.summary = to_view(plugin.summary);
  description.file = file;
  description.abi_major = plugin.abi_major;
  description.abi_minor = plugin.abi_minor;
  description.needs = plugin.needs;
  description.options = std::move(*options);
  return description;
}

core::Result<telltale_plugin_entry_fn> find_entry(const std::string& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): dlerror is per thread
    const char* why = ::dlerror();
    return refuse(file, "cannot be loaded: " + core::escape_line(why != nullptr ? why : "the linker gave no reason") +
                            "; install the library it needs, or build it for this system");
  }
  auto entry = reinterpret_cast<telltale_plugin_entry_fn>(::dlsym(library, TELLTALE_ENTRY_SYMBOL));
  if (entry == nullptr) {
    return refuse(file, "has no symbol " TELLTALE_ENTRY_SYMBOL
                        ": it is no plugin, or hides its entry; put TELLTALE_PLUGIN(...) into one of its files");
  }
  return entry;
}

}  // namespace

core::Result<LoadedPlugin> LoadedPlugin::load(const std::string& file) {
  // dlopen searches the library path for a name without a slash.
  const std::string path = file.find('/') == std::string::npos ? "./" + file : file;
  if (auto checked = check_elf(path); !checked) return checked.error();
  auto entry = find_entry(path);
  if (!entry) return entry.error();
  LoadedPlugin loaded;
  try {
    loaded.plugin_ = (*entry)(TELLTALE_ABI_MAJOR);
    if (loaded.plugin_ == nullptr) return refused_entry(path, *entry);
    if (loaded.plugin_->abi_major != TELLTALE_ABI_MAJOR) {
      return refuse(path, "was built for ABI " + std::to_string(loaded.plugin_->abi_major) + ", this host speaks ABI " +
                              std::to_string(TELLTALE_ABI_MAJOR) + "; rebuild it with this version's SDK");
    }
    auto description = describe(path, *loaded.plugin_);
    if (!description) return description.error();
    loaded.description_ = std::move(*description);
    const auto offered = [&](const char* id) { return loaded.plugin_->get_interface(id); };
    loaded.poll_ = static_cast<const telltale_poll_1*>(offered(TELLTALE_POLL_1));
    loaded.stream_ = static_cast<const telltale_stream_1*>(offered(TELLTALE_STREAM_1));
    const bool reads = loaded.poll_ != nullptr || loaded.stream_ != nullptr;
    if (!reads) loaded.sink_ = static_cast<const telltale_sink_1*>(offered(TELLTALE_SINK_1));
  } catch (const std::exception& error) {
    return refuse(path, "threw while it was asked what it is: " + core::escape_line(error.what()));
  } catch (...) {
    return refuse(path, "threw while it was asked what it is");
  }
  if (loaded.poll_ != nullptr && (loaded.poll_->interval == nullptr || loaded.poll_->poll == nullptr)) {
    return refuse(path, "offers " TELLTALE_POLL_1 " without its functions");
  }
  if (loaded.stream_ != nullptr && loaded.stream_->run == nullptr) {
    return refuse(path, "offers " TELLTALE_STREAM_1 " without its function");
  }
  if (loaded.sink_ != nullptr) {
    if (loaded.sink_->send == nullptr) return refuse(path, "offers " TELLTALE_SINK_1 " without its function");
    loaded.description_.interfaces = {TELLTALE_SINK_1};
    return loaded;
  }
  if ((loaded.poll_ != nullptr) == (loaded.stream_ != nullptr)) {
    return refuse(path, loaded.poll_ == nullptr
                            ? "offers neither " TELLTALE_POLL_1 " nor " TELLTALE_STREAM_1 ": it cannot run as an input"
                            : "offers both " TELLTALE_POLL_1 " and " TELLTALE_STREAM_1 "; it must choose one");
  }
  loaded.description_.interfaces = {loaded.poll_ != nullptr ? TELLTALE_POLL_1 : TELLTALE_STREAM_1};
  try {
    loaded.take_further_interfaces();
  } catch (...) {
    return refuse(path, "threw while it was asked what it is");
  }
  return loaded;
}

// A mistake in one of these does not keep an input from running; `telltale plugin validate` names it.
void LoadedPlugin::take_further_interfaces() {
  const auto* probe = static_cast<const telltale_probe_1*>(plugin_->get_interface(TELLTALE_PROBE_1));
  if (probe != nullptr && probe->run != nullptr) {
    if (auto options = core::copy_options(probe->options, probe->option_count)) {
      probe_ = probe;
      description_.probe_options = std::move(*options);
      description_.interfaces.emplace_back(TELLTALE_PROBE_1);
    }
  }
  const auto* write = static_cast<const telltale_write_1*>(plugin_->get_interface(TELLTALE_WRITE_1));
  if (write != nullptr && write->write != nullptr) {
    write_ = write;
    description_.interfaces.emplace_back(TELLTALE_WRITE_1);
  }
  const auto* receive = static_cast<const telltale_draft_receive_1*>(plugin_->get_interface(TELLTALE_DRAFT_RECEIVE_1));
  if (receive != nullptr && receive->receive != nullptr) {
    receive_ = receive;
    description_.interfaces.emplace_back(TELLTALE_DRAFT_RECEIVE_1);
  }
}

}  // namespace telltale::host
