#include "sdk/validator/lab.h"

#include <algorithm>
#include <utility>

#include <dlfcn.h>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/guard.h"
#include "sdk/validator/option_table.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

Lab::Lab(std::string file, ValueTree::Given given, std::string directory, Stage& stage)
    : file_(std::move(file)), given_(std::move(given)), directory_(std::move(directory)), stage_(stage) {}

void Lab::escaped(const std::string& from) const {
  const std::string text = "an exception left " + from;
  if (skip_exceptions_) skip(text);
  fail(text);
}

void* Lab::library() {
  if (library_ != nullptr) return library_;
  call("loading it", [&] { library_ = ::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL); });
  if (library_ == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): dlerror is per thread
    const char* why = ::dlerror();
    fail(shown(why != nullptr ? why : "the linker gave no reason", 400));
  }
  return library_;
}

telltale_plugin_entry_fn Lab::entry() {
  auto found = reinterpret_cast<telltale_plugin_entry_fn>(::dlsym(library(), TELLTALE_ENTRY_SYMBOL));
  if (found == nullptr) fail("it has no symbol " TELLTALE_ENTRY_SYMBOL);
  return found;
}

const telltale_plugin& Lab::plugin() {
  if (plugin_ != nullptr) return *plugin_;
  const telltale_plugin_entry_fn enter = entry();
  call(TELLTALE_ENTRY_SYMBOL, [&] { plugin_ = enter(TELLTALE_ABI_MAJOR); });
  if (plugin_ == nullptr) fail("its entry refuses a host of ABI " + std::to_string(TELLTALE_ABI_MAJOR));
  if (plugin_->abi_major != TELLTALE_ABI_MAJOR) {
    fail("it was built for ABI " + std::to_string(plugin_->abi_major) + ", this is ABI " +
         std::to_string(TELLTALE_ABI_MAJOR));
  }
  if (is_sane(plugin_->name, 64)) stage_.name.set(shown(plugin_->name));
  if (is_sane(plugin_->version, 64)) stage_.version.set(shown(plugin_->version));
  stage_.needs = plugin_->needs;
  if ((plugin_->needs & TELLTALE_NEEDS_PROCESSES) == 0 && stage_.watched == 0) forbid_processes();
  return *plugin_;
}

const void* Lab::interface(const char* id) {
  if (plugin().get_interface == nullptr) fail("get_interface is missing from its description");
  const void* found = nullptr;
  call(std::string("get_interface(\"") + id + "\")", [&] { found = plugin().get_interface(id); });
  return found;
}

const telltale_poll_1* Lab::poll() {
  const auto* found = static_cast<const telltale_poll_1*>(interface(TELLTALE_POLL_1));
  if (found != nullptr && (found->interval == nullptr || found->poll == nullptr)) fail("poll/1 lacks a function");
  return found;
}

const telltale_stream_1* Lab::stream() {
  const auto* found = static_cast<const telltale_stream_1*>(interface(TELLTALE_STREAM_1));
  if (found != nullptr && found->run == nullptr) fail("stream/1 lacks its function");
  return found;
}

const ValueTree& Lab::options() {
  if (options_) return *options_;
  const telltale_plugin& it = plugin();
  if (const std::string problem = table_problem(it.options, it.option_count); !problem.empty()) fail(problem);
  options_ = std::make_unique<ValueTree>(it.options, it.option_count, given_, directory_);
  std::string paths;
  for (const std::string& path : options_->paths()) paths += path + "\n";
  stage_.paths.set(paths);
  return *options_;
}

std::unique_ptr<Instance> Lab::create(const std::string& id) {
  auto instance = std::make_unique<Instance>(*this, id, options());
  const telltale_result result = instance->create();
  const std::string last = instance->host().last_log();
  const std::string words = last.empty() ? std::string() : ": " + shown(last);
  if (result == TELLTALE_E_CONFIG && !options().made_up().empty()) {
    skip("create refuses the values that were made up (" + options().made_up().front() +
         (options().made_up().size() > 1 ? ", …" : "") + ")" + words + "; give better ones with --option KEY=VALUE");
  }
  if (result != TELLTALE_OK) fail("create answered " + result_text(result) + words);
  if (instance->raw() == nullptr) fail("create answered TELLTALE_OK, but made no instance");
  return instance;
}

std::unique_ptr<Instance> Lab::live(const RunPlan& plan, RunResult* result) {
  auto instance = create();
  RunResult seen = instance->run(plan);
  if (result != nullptr) *result = std::move(seen);
  instance->destroy();
  return instance;
}

void Lab::expect_no_problem(Instance& instance, std::string_view topic) {
  std::string text;
  for (const Problem& problem : instance.host().problems()) {
    if (problem.topic == topic) text += (text.empty() ? "it " : "; ") + problem.text;
  }
  if (!text.empty()) fail(text);
}

}  // namespace telltale::validator
