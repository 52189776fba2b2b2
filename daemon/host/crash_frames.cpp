#include "daemon/host/crash_frames.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "daemon/host/control_message.h"
#include "daemon/host/elf_symbols.h"

namespace telltale::host {

namespace {

template <std::size_t N>
std::string text_in(const std::array<char, N>& bytes) {
  return one_line({bytes.data(), ::strnlen(bytes.data(), N)}, N);
}

std::string place(const std::string& module, std::uint64_t offset) {
  if (module.empty()) return fmt::format("0x{:x}", offset);
  return fmt::format("{}+0x{:x}", module.substr(module.rfind('/') + 1), offset);
}

}  // namespace

std::optional<CrashNotes> read_crash(const CrashRecord& record) {
  CrashNotes notes;
  notes.message = text_in(record.message);
  if (record.state.load(std::memory_order_acquire) == 0) {
    if (notes.message.empty()) return std::nullopt;
    return notes;
  }
  notes.signal = record.signal > 0 && record.signal < NSIG ? record.signal : 0;
  const std::size_t count = std::min<std::size_t>(record.frame_count, kMaxFrames);
  for (std::size_t i = 0; i < count; ++i) {
    const CrashRecord::Frame frame = record.frames[i];
    if (frame.module < kMaxModules && record.modules[frame.module][0] == '/') {
      notes.frames.push_back({text_in(record.modules[frame.module]), frame.offset});
    } else {
      notes.frames.push_back({{}, frame.address});
    }
  }
  return notes;
}

std::vector<std::string> plain_backtrace(const std::vector<CrashFrame>& frames) {
  std::vector<std::string> lines;
  lines.reserve(frames.size());
  for (const CrashFrame& frame : frames) lines.push_back(place(frame.module, frame.offset));
  return lines;
}

std::vector<std::string> named_backtrace(const std::vector<CrashFrame>& frames) {
  std::map<std::string, std::optional<ElfSymbols>> files;
  std::vector<std::string> lines;
  lines.reserve(frames.size());
  for (const CrashFrame& frame : frames) {
    auto file = files.find(frame.module);
    if (file == files.end()) {
      file = files.emplace(frame.module, std::nullopt).first;
      if (auto read = ElfSymbols::read(frame.module)) file->second = std::move(*read);
    }
    if (!file->second) {
      lines.push_back(place(frame.module, frame.offset));
      continue;
    }
    const std::uint64_t address = file->second->address_of(frame.offset);
    const auto function = file->second->function_at(address);
    const std::string where = place(frame.module, address);
    lines.push_back(function ? *function + " at " + where : where);
  }
  return lines;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace telltale::host
