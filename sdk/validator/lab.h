// What a case works with: the plugin, loaded, and instances of it that can be run and watched. In the case's process,
// on its first thread, which is the instance's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <telltale/ext/poll.h>
#include <telltale/ext/probe.h>
#include <telltale/ext/sink.h>
#include <telltale/ext/stream.h>
#include <telltale/ext/write.h>
#include <telltale/plugin.h>

#include "sdk/validator/option_values.h"
#include "sdk/validator/recording_host.h"
#include "sdk/validator/stage.h"
#include "sdk/validator/verdict.h"

namespace telltale::validator {

// How an instance is run when nothing else is said.
struct RunPlan {
  int polls = 8;                          // of poll/1, at most: the first one that ends after `most` is the last
  std::chrono::milliseconds spacing{20};  // between them, at most; never more than the interval
  std::chrono::milliseconds stream{300};  // of stream/1, until it is told to stop
  bool stop_first = false;                // stream/1: tell it before it begins
  std::chrono::milliseconds most{2'000};  // of all polls together: a device that is away makes them slow
  bool keep_going = false;                // also after a poll that failed
  std::chrono::nanoseconds jump{};        // of the host's clock, half-way
};

// What came of it.
struct RunResult {
  std::vector<telltale_result> results;         // of each poll, or of run
  std::vector<std::chrono::nanoseconds> times;  // of each poll
  std::int64_t interval = 0;
  bool by_itself = false;               // run returned without being told to
  std::chrono::nanoseconds stopping{};  // from the stop to the return
};

// A poll that the host takes for a success, or for a device that does not answer just now. A full ring is the host's
// matter: a plugin may hand on what publish told it.
[[nodiscard]] constexpr bool goes_on(telltale_result result) {
  return result == TELLTALE_OK || result == TELLTALE_FULL || result == TELLTALE_E_IO;
}

class Lab;

// An instance, and its host. `create` first.
class Instance {
 public:
  Instance(Lab& lab, std::string id, const ValueTree& options);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() = default;  // an instance that was not destroyed stays: the process ends anyway

  // As the plugin answers; no exception leaves.
  telltale_result create();
  void destroy();
  RunResult run(const RunPlan& plan = {});
  [[nodiscard]] RecordingHost& host() { return host_; }
  [[nodiscard]] telltale_instance* raw() const { return instance_; }
  // Where create puts it.
  [[nodiscard]] telltale_instance** place() { return &instance_; }

 private:
  RunResult poll(const telltale_poll_1& poll, const RunPlan& plan);
  RunResult stream(const telltale_stream_1& stream, const RunPlan& plan);

  Lab& lab_;
  RecordingHost host_;
  telltale_instance* instance_ = nullptr;
};

class Lab {
 public:
  Lab(std::string file, ValueTree::Given given, std::string directory, Stage& stage);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] Stage& stage() const { return stage_; }
  [[nodiscard]] const ValueTree::Given& given() const { return given_; }

  // Loads the library; fails the case when it cannot be.
  void* library();
  telltale_plugin_entry_fn entry();
  // The description, of the right ABI; fails the case when there is none.
  const telltale_plugin& plugin();
  const void* interface(const char* id);
  // nullptr when it has none. Fails the case when its functions are missing.
  const telltale_poll_1* poll();
  const telltale_stream_1* stream();

  // Options from defaults, from what was given, and made up.
  const ValueTree& options();
  // An instance with them; fails or skips the case when create refuses them.
  std::unique_ptr<Instance> create(const std::string& id = "validator");
  // create, run, destroy; the instance's host remains to be asked.
  std::unique_ptr<Instance> live(const RunPlan& plan = {}, RunResult* result = nullptr);
  // Fails the case when the host has noted something under this topic.
  static void expect_no_problem(Instance& instance, std::string_view topic);

  // Exceptions are what another case is about: they only skip this one.
  void leave_exceptions_to_their_case() { skip_exceptions_ = true; }

  // Runs a function of the plugin. `doing` is what the report says when it never returns; an exception fails the case.
  template <class Call>
  void call(const std::string& doing, Call&& function) {
    stage_.doing.set(doing);
    try {
      function();
    } catch (const Verdict&) {
      throw;
    } catch (const std::exception& error) {
      escaped(doing + ": " + error.what());
    } catch (...) {
      escaped(doing);
    }
    stage_.doing.set({});
  }

 private:
  [[noreturn]] void escaped(const std::string& from) const;

  bool skip_exceptions_ = false;
  std::string file_;
  ValueTree::Given given_;
  std::string directory_;
  Stage& stage_;
  void* library_ = nullptr;
  const telltale_plugin* plugin_ = nullptr;
  std::unique_ptr<ValueTree> options_;
};

}  // namespace telltale::validator
