// A plugin in C++: derive from PollingInput or StreamingInput (input.hpp), then TELLTALE_PLUGIN.
//
//   class Thermo : public telltale::PollingInput {
//    public:
//     static constexpr telltale::PluginInfo kInfo{"thermo", "1.0.0", "Reads a thermometer."};
//     static constexpr telltale_option kOptions[] = {…};
//     explicit Thermo(telltale::Host host) : temperature_(host.gauge("thermo.temperature", "°C")) {}
//     void poll() override { temperature_.publish(read_sensor()); }
//    private:
//     telltale::Series temperature_;
//   };
//   TELLTALE_PLUGIN(Thermo)
//
// Exceptions never cross the boundary: errors.hpp says what each becomes. A destructor must not throw, as ever in C++:
// one that does ends the process of this input, and the input is restarted.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include <telltale/cpp/check.hpp>
#include <telltale/cpp/host.hpp>
#include <telltale/cpp/input.hpp>
#include <telltale/cpp/probe.hpp>
#include <telltale/cpp/receive.hpp>
#include <telltale/cpp/sink.hpp>
#include <telltale/cpp/write.hpp>
#include <telltale/ext/poll.h>
#include <telltale/ext/stream.h>
#include <telltale/plugin.h>

namespace telltale::detail {

template <class Input>
struct Instance {
  explicit Instance(const telltale_host& c_host) : host(c_host), input(host) {}
  Host host;
  Input input;
  bool healthy = false;  // as the host was told; of a polling input
};

// Whether an IoError is a matter of the input's health, or of the one call.
enum class Io { kHealth, kCall };

// Runs `work` and answers what its exceptions mean.
template <class Work>
telltale_result guarded(const Host& host, Io io, Work&& work) noexcept {
  try {
    work();
    return TELLTALE_OK;
  } catch (const ConfigError& error) {
    host.error(error.what());
    return TELLTALE_E_CONFIG;
  } catch (const IoError& error) {
    io == Io::kHealth ? host.failing(error.what()) : host.error(error.what());
    return TELLTALE_E_IO;
  } catch (const InvalidError& error) {
    host.error(error.what());
    return TELLTALE_E_INVALID;
  } catch (const Stopped&) {
    return TELLTALE_E_STOPPED;
  } catch (const std::exception& error) {
    host.error(error.what());
    return TELLTALE_E_INTERNAL;
  } catch (...) {
    host.error("an exception that is no std::exception left the plugin");
    return TELLTALE_E_INTERNAL;
  }
}

// The C functions of a plugin whose class is `Input`. None of them throws.
template <class Input>
struct Glue {
  static constexpr bool kPolls = std::is_base_of_v<PollingInput, Input>;
  static constexpr bool kStreams = std::is_base_of_v<StreamingInput, Input>;
  static constexpr bool kSinks = std::is_base_of_v<Sink, Input>;

  static Instance<Input>& self(telltale_instance* instance) noexcept {
    return *reinterpret_cast<Instance<Input>*>(instance);
  }

  static telltale_result create(const telltale_host* host, telltale_instance** instance) noexcept {
    *instance = nullptr;
    return guarded(Host(*host), Io::kCall, [&] {
      *instance = reinterpret_cast<telltale_instance*>(std::make_unique<Instance<Input>>(*host).release());
    });
  }
  static void destroy(telltale_instance* instance) noexcept { delete &self(instance); }

  // 0, which no host takes, when it throws: the log line says why.
  static std::int64_t interval(telltale_instance* instance) noexcept {
    std::int64_t interval = 0;
    guarded(self(instance).host, Io::kCall, [&] { interval = self(instance).input.interval().count(); });
    return interval;
  }
  static telltale_result poll(telltale_instance* instance, std::int64_t /*deadline*/) noexcept {
    Instance<Input>& it = self(instance);
    const telltale_result result = guarded(it.host, Io::kHealth, [&] { it.input.poll(); });
    if (result == TELLTALE_OK && !it.healthy) it.host.ok();
    it.healthy = result == TELLTALE_OK;
    return result;
  }
  static telltale_result run(telltale_instance* instance, std::int32_t stop_fd) noexcept {
    return guarded(self(instance).host, Io::kHealth, [&] { self(instance).input.run(stop_fd); });
  }
  static telltale_result send(telltale_instance* instance, const telltale_batch* batch, std::int32_t stop_fd) noexcept {
    return guarded(self(instance).host, Io::kHealth,
                   [&] { self(instance).input.send(OutgoingBatch(*batch), stop_fd); });
  }
  static telltale_result write(telltale_instance* instance, const telltale_output* output) noexcept {
    return guarded(self(instance).host, Io::kCall, [&] { self(instance).input.write(Output(*output)); });
  }
  static telltale_result receive(telltale_instance* instance, const telltale_document* document) noexcept {
    return guarded(self(instance).host, Io::kCall, [&] { self(instance).input.receive(Document(*document)); });
  }
  static telltale_result probe(const telltale_host* host, const telltale_report* report,
                               std::int32_t stop_fd) noexcept {
    return guarded(Host(*host), Io::kCall, [&] { Input::probe(Host(*host), Report(*report), stop_fd); });
  }

  static const void* get_interface(const char* interface_id) noexcept {
    const std::string_view id(interface_id);
    if constexpr (kPolls) {
      static constexpr telltale_poll_1 kPoll{&interval, &poll};
      if (id == TELLTALE_POLL_1) return &kPoll;
    }
    if constexpr (kStreams) {
      static constexpr telltale_stream_1 kStream{&run};
      if (id == TELLTALE_STREAM_1) return &kStream;
    }
    if constexpr (kSinks) {
      static constexpr telltale_sink_1 kSink{&send};
      if (id == TELLTALE_SINK_1) return &kSink;
    }
    if constexpr (std::is_base_of_v<Writable, Input>) {
      static constexpr telltale_write_1 kWrite{&write};
      if (id == TELLTALE_WRITE_1) return &kWrite;
    }
    if constexpr (std::is_base_of_v<Receiving, Input>) {
      static constexpr telltale_draft_receive_1 kReceive{&receive};
      if (id == TELLTALE_DRAFT_RECEIVE_1) return &kReceive;
    }
    if constexpr (std::is_base_of_v<Probing, Input>) {
      static constexpr std::span<const telltale_option> kTable(Input::kProbeOptions);
      static constexpr telltale_probe_1 kProbe{kTable.data(), static_cast<std::uint32_t>(kTable.size()), 0, &probe};
      if (id == TELLTALE_PROBE_1) return &kProbe;
    }
    return nullptr;
  }

  static const telltale_plugin* entry(std::uint32_t host_abi_major) noexcept {
    static_assert(check_class<Input>());
    static constexpr std::span<const telltale_option> kTable = options_of<Input>();
    static constexpr telltale_plugin kPlugin{TELLTALE_ABI_MAJOR,
                                             TELLTALE_ABI_MINOR,
                                             to_str(Input::kInfo.name),
                                             to_str(Input::kInfo.version),
                                             to_str(Input::kInfo.summary),
                                             kTable.data(),
                                             static_cast<std::uint32_t>(kTable.size()),
                                             Input::kInfo.needs,
                                             &create,
                                             &destroy,
                                             &get_interface};
    return host_abi_major == TELLTALE_ABI_MAJOR ? &kPlugin : nullptr;
  }
};

}  // namespace telltale::detail

// Exports `Input` as this library's plugin. Once, in one file.
#define TELLTALE_PLUGIN(Input)                                                                        \
  extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(std::uint32_t host_major) { \
    return telltale::detail::Glue<Input>::entry(host_major);                                          \
  }
