// What an instance leaves behind beside its readings: how it crashed, what the kernel kept it from opening, how it
// keeps its time. A piece of shared memory, made by the daemon for one life of an instance and mapped by its process.
//
// The daemon takes nothing in it for granted: texts are cut and escaped, numbers are bounded where they are read. The
// memory cannot be made smaller (sealed), so that reading it never fails.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/host/poll_timing.h"

namespace telltale::host {

inline constexpr std::size_t kMaxFrames = 48;
inline constexpr std::size_t kMaxModules = 16;
inline constexpr std::size_t kMaxModulePath = 256;
inline constexpr std::size_t kKeptRefusals = 16;
inline constexpr std::uint32_t kNoModule = 0xffffffff;

// Written by a signal handler, so plain memory in order: `state` last.
struct CrashRecord {
  struct Frame {
    std::uint64_t address;
    std::uint64_t offset;  // in the file
    std::uint32_t module;  // index, or kNoModule
    std::uint32_t reserved;
  };
  std::atomic<std::uint32_t> state;  // 0: none, 1: someone writes it, 2: all is there
  std::int32_t signal;
  std::uint64_t fault_address;
  std::uint32_t frame_count;
  std::uint32_t module_count;
  std::array<Frame, kMaxFrames> frames;
  std::array<std::array<char, kMaxModulePath>, kMaxModules> modules;
  std::array<char, 512> message;  // of an exception that nobody caught
};

// Paths that were not granted: the latest, by number modulo kKeptRefusals.
struct RefusedPaths {
  struct Entry {
    std::atomic<std::uint64_t> number;  // from 1; 0 while it is written
    std::array<char, 16> call;
    std::array<char, 232> path;
  };
  std::atomic<std::uint64_t> count;
  std::array<Entry, kKeptRefusals> entries;
};

struct InstanceReport {
  std::atomic<std::int32_t> instance_thread;  // its number; 0: not started yet
  PollTiming timing;
  RefusedPaths paths;
  CrashRecord crash;
};

class ReportArea {
 public:
  // New and empty; the descriptor is for the instance's process.
  [[nodiscard]] static core::Result<std::shared_ptr<ReportArea>> create();
  // One that was inherited.
  [[nodiscard]] static core::Result<std::shared_ptr<ReportArea>> map(core::Fd file);
  ReportArea(const ReportArea&) = delete;
  ReportArea& operator=(const ReportArea&) = delete;
  ~ReportArea();

  [[nodiscard]] InstanceReport& report() const { return *report_; }
  [[nodiscard]] const core::Fd& file() const { return file_; }
  void close_file() { file_.reset(); }

 private:
  ReportArea(core::Fd file, InstanceReport* report) : file_(std::move(file)), report_(report) {}
  core::Fd file_;
  InstanceReport* report_;
};

}  // namespace telltale::host
