// The entry, the description and the interfaces.
#include <algorithm>
#include <cctype>
#include <string_view>
#include <thread>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

void has_entry(Lab& lab) { lab.entry(); }
void speaks_this_abi(Lab& lab) { lab.plugin(); }

void refuses_other_majors(Lab& lab) {
  lab.plugin();
  for (const std::uint32_t major : {TELLTALE_ABI_MAJOR + 1, 0U, 999U, 0xFFFFFFFFU}) {
    const telltale_plugin* answer = nullptr;
    lab.call(TELLTALE_ENTRY_SYMBOL, [&] { answer = lab.entry()(major); });
    if (answer != nullptr) fail("it also answers a host of ABI " + std::to_string(major));
  }
}

void answers_the_same(Lab& lab) {
  const telltale_plugin& first = lab.plugin();
  const telltale_plugin* second = nullptr;
  lab.call(TELLTALE_ENTRY_SYMBOL, [&] { second = lab.entry()(TELLTALE_ABI_MAJOR); });
  if (second != &first) fail("the second call answers another description");
}

void has_functions(Lab& lab) {
  const telltale_plugin& it = lab.plugin();
  const char* missing = it.create == nullptr          ? "create"
                        : it.destroy == nullptr       ? "destroy"
                        : it.get_interface == nullptr ? "get_interface"
                                                      : nullptr;
  if (missing != nullptr) fail(std::string(missing) + " is NULL");
}

void has_name(Lab& lab) {
  const telltale_str name = lab.plugin().name;
  if (!is_sane(name, 64)) fail("its length is " + std::to_string(name.size) + " bytes");
  if (!is_word(to_view(name), "-")) fail("it is called '" + shown(name) + "'");
}

// MAJOR.MINOR.PATCH, and what semver.org allows behind it.
bool is_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    std::size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) ++digits;
    if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    if (part < 2 && (text.empty() || text.front() != '.')) return false;
    if (part < 2) text.remove_prefix(1);
  }
  if (text.empty()) return true;
  return (text.front() == '-' || text.front() == '+') && text.size() > 1 &&
         std::all_of(text.begin() + 1, text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+'; });
}

void has_version(Lab& lab) {
  const telltale_str version = lab.plugin().version;
  if (!is_sane(version, 64)) fail("its length is " + std::to_string(version.size) + " bytes");
  if (!is_version(to_view(version))) fail("it is '" + shown(version) + "'");
}

void has_summary(Lab& lab) {
  const telltale_str summary = lab.plugin().summary;
  if (!is_sane(summary, 512)) fail("its length is " + std::to_string(summary.size) + " bytes");
  if (summary.size == 0 || !is_clean(to_view(summary))) fail("it is '" + shown(summary) + "'");
}

void needs_what_there_is(Lab& lab) {
  constexpr std::uint32_t kKnown =
      TELLTALE_NEEDS_NETWORK | TELLTALE_NEEDS_DEVICES | TELLTALE_NEEDS_PROCESSES | TELLTALE_NEEDS_LOCAL_SOCKETS;
  if (const std::uint32_t unknown = lab.plugin().needs & ~kKnown; unknown != 0) {
    fail("its needs have the bits " + std::to_string(unknown) + ", which mean nothing");
  }
}

void offers_one(Lab& lab) {
  const bool poll = lab.interface(TELLTALE_POLL_1) != nullptr;
  const bool stream = lab.interface(TELLTALE_STREAM_1) != nullptr;
  const bool sink = lab.interface(TELLTALE_SINK_1) != nullptr;
  if (poll && stream) fail("it offers both");
  if (!poll && !stream && !sink) fail("it offers neither, and no sink/1");
}

void unknown_is_null(Lab& lab) {
  for (const char* id : {"telltale.nothing/1", "telltale.poll/2", "telltale.poll/", "telltale.stream/1 ",
                         "TELLTALE.POLL/1", "a much longer id of an interface that no version of Telltale has/77"}) {
    if (lab.interface(id) != nullptr) fail(std::string("it answers for '") + id + "'");
  }
}

void are_complete(Lab& lab) {
  lab.poll();
  lab.stream();
  const auto* write = static_cast<const telltale_write_1*>(lab.interface(TELLTALE_WRITE_1));
  const auto* probe = static_cast<const telltale_probe_1*>(lab.interface(TELLTALE_PROBE_1));
  const auto* sink = static_cast<const telltale_sink_1*>(lab.interface(TELLTALE_SINK_1));
  if (write != nullptr && write->write == nullptr) fail("write/1 lacks its function");
  if (probe != nullptr && probe->run == nullptr) fail("probe/1 lacks its function");
  if (sink != nullptr && sink->send == nullptr) fail("sink/1 lacks its function");
}

void are_stable(Lab& lab) {
  for (const char* id : {TELLTALE_POLL_1, TELLTALE_STREAM_1, TELLTALE_WRITE_1, TELLTALE_PROBE_1, TELLTALE_SINK_1}) {
    const void* const first = lab.interface(id);
    const void* elsewhere = nullptr;
    std::thread([&] { elsewhere = lab.plugin().get_interface(id); }).join();
    if (lab.interface(id) != first || elsewhere != first) fail(std::string(id) + " is another one when asked again");
  }
}

constexpr Case kCases[] = {
    {{"entry.symbol", "It exports telltale_plugin_entry.",
      "Put TELLTALE_PLUGIN(YourInput) into one file, or define the function with TELLTALE_EXPORT and C linkage."},
     {"file.loads"},
     &has_entry},
    {{"entry.abi", "Its entry describes a plugin of this ABI.", "Rebuild it with this version's headers."},
     {"entry.symbol"},
     &speaks_this_abi},
    {{"entry.refuses_other_majors", "Its entry answers NULL to a host of another ABI.",
      "Return NULL unless host_abi_major equals TELLTALE_ABI_MAJOR."},
     {"entry.abi"},
     &refuses_other_majors},
    {{"entry.stable", "Its entry answers the same description each time.",
      "Return a pointer to one static const telltale_plugin."},
     {"entry.abi"},
     &answers_the_same},
    {{"describe.functions", "Its description has create, destroy and get_interface.", "Fill in all three."},
     {"entry.abi"},
     &has_functions},
    {{"describe.name", "Its name can stand behind `plugin:` in a configuration.",
      "Name it like [a-z][a-z0-9_-]*, up to 64 bytes; size is the length of the text."},
     {"entry.abi"},
     &has_name},
    {{"describe.version", "Its version is one of semantic versioning.", "Write it like 1.4.0 or 1.4.0-rc.1."},
     {"entry.abi"},
     &has_version},
    {{"describe.summary", "It says in a sentence what it is for.",
      "Give a summary of 1 to 512 bytes of UTF-8, without control characters."},
     {"entry.abi"},
     &has_summary},
    {{"describe.needs_known", "It asks for nothing that there is not.",
      "Use only the bits TELLTALE_NEEDS_…; 0 for none."},
     {"entry.abi"},
     &needs_what_there_is},
    {{"interfaces.one_of_poll_or_stream", "It offers poll/1 or stream/1, not both (a sink may offer neither).",
      "Let get_interface answer one of them."},
     {"describe.functions"},
     &offers_one},
    {{"interfaces.unknown_is_null", "It answers NULL for an interface it does not know.",
      "Compare the whole id, as with strcmp; answer NULL for all others."},
     {"describe.functions"},
     &unknown_is_null},
    {{"interfaces.complete", "The interfaces that it offers have all their functions.",
      "Fill in every function pointer."},
     {"describe.functions"},
     &are_complete},
    {{"interfaces.stable", "An interface is the same from every thread, each time.",
      "Return pointers to static const structs."},
     {"interfaces.complete"},
     &are_stable},
};

}  // namespace

std::span<const Case> entry_cases() { return kCases; }

}  // namespace telltale::validator
