// A disk in memory behind SQLite, whose power fails at the k-th operation, or whose k-th operation fails. What was not
// synced is then there, or not, or torn between sectors, in any order. Also tells on who syncs a handle again after a
// sync of it failed. One thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace telltale::test {

enum class Fault { kNone, kPowerCut, kWriteFails, kDiskFull, kSyncFails, kShortRead };

struct DiskFile {
  struct Pending {
    std::int64_t at = 0;
    std::string data;
    std::int64_t truncate = -1;  // to this size, instead of a write
  };
  std::string seen;     // by whoever reads now
  std::string durable;  // after the power came back, but for what of `pending` reached the disk
  std::vector<Pending> pending;
};

class PowerDisk {
 public:
  static constexpr const char* kName = "telltale-power";
  static constexpr std::size_t kSector = 512;

  PowerDisk();
  PowerDisk(const PowerDisk&) = delete;
  PowerDisk& operator=(const PowerDisk&) = delete;
  ~PowerDisk() { sqlite3_vfs_unregister(&vfs_); }

  // The `at`-th operation from now on, counted from 1, fails.
  void arm(Fault fault, std::int64_t at) {
    fault_ = fault;
    left_ = at;
    off_ = false;
  }
  [[nodiscard]] bool fired() const { return fault_ != Fault::kNone && left_ <= 0; }
  [[nodiscard]] std::int64_t operations() const { return operations_; }
  [[nodiscard]] int syncs_after_failure() const { return violations_; }
  // The power comes back. Nobody may have a file open.
  void reboot(std::uint64_t seed);
  [[nodiscard]] std::map<std::string, DiskFile> image() const { return files_; }
  void restore(std::map<std::string, DiskFile> files) {
    files_ = std::move(files);
    shared_.clear();
    arm(Fault::kNone, 0);
  }

 private:
  struct Shared {
    std::vector<std::unique_ptr<std::array<char, 32768>>> regions;
    std::array<int, SQLITE_SHM_NLOCK> locks{};  // -1: exclusive; else how many share it
    int users = 0;
  };
  struct Handle {
    sqlite3_file base;
    PowerDisk* disk;
    const char* name;
    bool sync_failed;
    bool mapped;
  };
  static void apply(std::string& content, const DiskFile::Pending& change);
  static Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
  static DiskFile& file_of(Handle& h) { return h.disk->files_[h.name]; }
  // True: this operation fails.
  bool fails(Fault here);
  int change(Handle& h, DiskFile::Pending change);
  int lock_shared(Shared& shared, int at, int count, int how) const;
  static const sqlite3_io_methods* io();

  sqlite3_vfs vfs_{};
  std::map<std::string, DiskFile> files_;
  std::map<std::string, Shared> shared_;
  Fault fault_ = Fault::kNone;
  std::int64_t left_ = 0;
  std::int64_t operations_ = 0;
  bool off_ = false;
  int violations_ = 0;
};

inline void PowerDisk::apply(std::string& content, const DiskFile::Pending& change) {
  if (change.truncate >= 0) {
    content.resize(static_cast<std::size_t>(change.truncate));
    return;
  }
  const auto at = static_cast<std::size_t>(change.at);
  content.resize(std::max(content.size(), at + change.data.size()));
  std::copy(change.data.begin(), change.data.end(), content.begin() + change.at);
}

inline void PowerDisk::reboot(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (auto& [name, file] : files_) {
    auto& pending = file.pending;
    if (random() % 2 == 0) std::shuffle(pending.begin(), pending.end(), random);
    for (DiskFile::Pending& change : pending) {
      const auto fate = random() % 4;
      if (fate == 0) continue;
      if (fate == 1 && change.truncate < 0 && change.data.size() > 1) {  // some of its sectors
        const std::size_t sectors = (change.data.size() + kSector - 1) / kSector;
        change.data.resize(std::min<std::size_t>(change.data.size(), random() % (sectors + 1) * kSector));
        if (change.data.empty()) continue;
      }
      apply(file.durable, change);
    }
    pending.clear();
    file.seen = file.durable;
  }
  shared_.clear();
  arm(Fault::kNone, 0);
}

inline bool PowerDisk::fails(Fault here) {
  ++operations_;
  if (off_) return true;
  const bool counts = fault_ == Fault::kPowerCut || fault_ == here;
  if (fault_ == Fault::kNone || !counts || --left_ != 0) return false;
  off_ = fault_ == Fault::kPowerCut;
  return true;
}

inline int PowerDisk::change(Handle& h, DiskFile::Pending change) {
  if (fails(fault_ == Fault::kDiskFull ? Fault::kDiskFull : Fault::kWriteFails)) {
    return fault_ == Fault::kDiskFull ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  DiskFile& file = file_of(h);
  apply(file.seen, change);
  file.pending.push_back(std::move(change));
  return SQLITE_OK;
}

inline int PowerDisk::lock_shared(Shared& shared, int at, int count, int how) const {
  for (int i = at; i < at + count; ++i) {
    int& lock = shared.locks.at(static_cast<std::size_t>(i));
    if ((how & SQLITE_SHM_UNLOCK) != 0) continue;
    if ((how & SQLITE_SHM_EXCLUSIVE) != 0 ? lock != 0 : lock < 0) return SQLITE_BUSY;
  }
  for (int i = at; i < at + count; ++i) {
    int& lock = shared.locks.at(static_cast<std::size_t>(i));
    const bool exclusive = (how & SQLITE_SHM_EXCLUSIVE) != 0;
    if ((how & SQLITE_SHM_UNLOCK) != 0) {
      lock = exclusive ? 0 : std::max(0, lock - 1);
    } else {
      lock = exclusive ? -1 : lock + 1;
    }
  }
  return SQLITE_OK;
}

inline const sqlite3_io_methods* PowerDisk::io() {
  static const sqlite3_io_methods kMethods = {
      2,
      [](sqlite3_file*) { return SQLITE_OK; },
      [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
        Handle& h = handle(f);
        const std::string& seen = file_of(h).seen;
        if (h.disk->fails(Fault::kShortRead)) return static_cast<int>(SQLITE_IOERR_READ);
        const auto begin = std::min(seen.size(), static_cast<std::size_t>(at));
        const auto size = std::min(seen.size() - begin, static_cast<std::size_t>(n));
        std::memset(to, 0, static_cast<std::size_t>(n));
        std::memcpy(to, seen.data() + begin, size);
        return static_cast<int>(size == static_cast<std::size_t>(n) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
      },
      [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
        Handle& h = handle(f);
        return h.disk->change(h, {at, std::string(static_cast<const char*>(from), static_cast<std::size_t>(n))});
      },
      [](sqlite3_file* f, sqlite3_int64 size) {
        return handle(f).disk->change(handle(f), {0, {}, size});
      },
      [](sqlite3_file* f, int) {
        Handle& h = handle(f);
        DiskFile& file = file_of(h);
        if (h.sync_failed) ++h.disk->violations_;
        if (h.disk->fails(Fault::kSyncFails)) {
          // As Linux does: what could not be written is said once, and taken for clean from then on.
          if (h.disk->fault_ == Fault::kSyncFails) file.pending.clear();
          h.sync_failed = true;
          return static_cast<int>(SQLITE_IOERR_FSYNC);
        }
        for (const auto& change : file.pending) apply(file.durable, change);
        file.pending.clear();
        return SQLITE_OK;
      },
      [](sqlite3_file* f, sqlite3_int64* size) {
        *size = static_cast<sqlite3_int64>(file_of(handle(f)).seen.size());
        return SQLITE_OK;
      },
      [](sqlite3_file*, int) { return SQLITE_OK; },
      [](sqlite3_file*, int) { return SQLITE_OK; },
      [](sqlite3_file*, int* held) {
        *held = 0;
        return SQLITE_OK;
      },
      [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
      [](sqlite3_file*) { return static_cast<int>(kSector); },
      [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
      [](sqlite3_file* f, int region, int, int extend, void volatile** to) {
        Handle& h = handle(f);
        Shared& shared = h.disk->shared_[h.name];
        if (!h.mapped) ++shared.users;
        h.mapped = true;
        const auto index = static_cast<std::size_t>(region);
        while (extend != 0 && shared.regions.size() <= index) {
          shared.regions.push_back(std::make_unique<std::array<char, 32768>>());
        }
        *to = index < shared.regions.size() ? shared.regions[index]->data() : nullptr;
        return SQLITE_OK;
      },
      [](sqlite3_file* f, int at, int n, int how) {
        Handle& h = handle(f);
        return h.disk->lock_shared(h.disk->shared_[h.name], at, n, how);
      },
      [](sqlite3_file*) {},
      [](sqlite3_file* f, int) {
        Handle& h = handle(f);
        if (h.mapped && --h.disk->shared_[h.name].users == 0) h.disk->shared_.erase(h.name);
        h.mapped = false;
        return SQLITE_OK;
      },
      nullptr,
      nullptr};
  return &kMethods;
}

inline PowerDisk::PowerDisk() {
  vfs_ = *sqlite3_vfs_find(nullptr);
  vfs_.zName = kName;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.xOpen = [](sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
    auto* disk = static_cast<PowerDisk*>(vfs->pAppData);
    Handle& h = handle(file);
    h = {{io()}, disk, name == nullptr ? "temporary" : name, false, false};
    disk->files_[h.name];
    if (out != nullptr) *out = flags;
    return SQLITE_OK;
  };
  vfs_.xDelete = [](sqlite3_vfs* vfs, const char* name, int) {
    static_cast<PowerDisk*>(vfs->pAppData)->files_.erase(name);
    return SQLITE_OK;
  };
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* name, int, int* out) {
    const auto& files = static_cast<PowerDisk*>(vfs->pAppData)->files_;
    const auto found = files.find(name);
    *out = found != files.end() && !found->second.seen.empty() ? 1 : 0;
    return SQLITE_OK;
  };
  vfs_.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  };
  sqlite3_vfs_register(&vfs_, 0);
}

}  // namespace telltale::test
