// Runs a C++ input through its C interface, as a host does: what the entry exports is what is tested.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

#include "tests/support/fake_host.h"

namespace telltale::test {

[[nodiscard]] inline std::span<const telltale_option> options_of(const telltale_plugin& plugin) {
  return {plugin.options, plugin.option_count};
}

// One instance and its host. Throws std::runtime_error when create() refuses, with the last log line.
class PluginRunner {
 public:
  explicit PluginRunner(const telltale_plugin& plugin, const Given& given = Given::section({}))
      : plugin_(plugin), host_(options_of(plugin), given) {
    const telltale_result result = plugin.create(&host_.abi(), &instance_);
    if (result == TELLTALE_OK) return;
    const auto log = host_.log();
    throw std::runtime_error(std::to_string(result) + ": " + (log.empty() ? "" : log.back().text));
  }
  PluginRunner(const PluginRunner&) = delete;
  PluginRunner& operator=(const PluginRunner&) = delete;
  ~PluginRunner() {
    stop();
    plugin_.destroy(instance_);
  }

  [[nodiscard]] FakeHost& host() { return host_; }
  [[nodiscard]] telltale_instance* instance() { return instance_; }

  // Of a polling plugin.
  telltale_result poll() { return poll_interface().poll(instance_, 0); }
  [[nodiscard]] std::int64_t interval() { return poll_interface().interval(instance_); }

  // Of a streaming plugin: run() in a thread until stop() or destruction.
  void start() {
    const auto* stream = static_cast<const telltale_stream_1*>(plugin_.get_interface(TELLTALE_STREAM_1));
    if (stream == nullptr) throw std::logic_error("not a streaming plugin");
    if (::pipe2(stop_pipe_, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    thread_ = std::thread([this, stream] { result_ = stream->run(instance_, stop_pipe_[0]); });
  }
  // What run() returned.
  telltale_result stop() {
    if (!thread_.joinable()) return result_;
    if (::write(stop_pipe_[1], "x", 1) != 1) std::terminate();
    thread_.join();
    for (const int fd : stop_pipe_) ::close(fd);
    return result_;
  }

 private:
  const telltale_poll_1& poll_interface() const {
    const auto* poll = static_cast<const telltale_poll_1*>(plugin_.get_interface(TELLTALE_POLL_1));
    if (poll == nullptr) throw std::logic_error("not a polling plugin");
    return *poll;
  }

  const telltale_plugin& plugin_;
  FakeHost host_;
  telltale_instance* instance_ = nullptr;
  int stop_pipe_[2] = {-1, -1};
  std::thread thread_;
  telltale_result result_ = TELLTALE_OK;  // the thread's until it is joined
};

}  // namespace telltale::test
