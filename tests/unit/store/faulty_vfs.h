// A SQLite VFS that is the system's until a test says that writing or syncing fails.
#pragma once

#include <atomic>
#include <cstring>
#include <vector>

#include <sqlite3.h>

namespace telltale::test {

struct Faults {
  std::atomic<bool> syncs_fail{false};
  std::atomic<bool> writes_fail{false};
  std::atomic<int> failures{0};
};

// Files of this VFS: the system's file lies behind ours, in the same memory.
class FaultyVfs {
 public:
  static constexpr const char* kName = "telltale-faulty";
  FaultyVfs() {
    real() = sqlite3_vfs_find(nullptr);
    vfs_ = *real();
    vfs_.zName = kName;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 0);
  }
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  ~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }
  static Faults& faults() {
    static Faults faults;
    return faults;
  }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_io_methods methods;
  };
  static sqlite3_vfs*& real() {
    static sqlite3_vfs* vfs = nullptr;
    return vfs;
  }
  static sqlite3_file* inner(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
  }
  static int fail(int code) {
    ++faults().failures;
    return code;
  }
  static int open(sqlite3_vfs* /*vfs*/, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
    auto* ours = reinterpret_cast<File*>(file);
    const int code = real()->xOpen(real(), name, inner(file), flags, out);
    ours->base.pMethods = nullptr;
    if (inner(file)->pMethods == nullptr) return code;
    ours->methods = {
        inner(file)->pMethods->iVersion > 2 ? 2 : inner(file)->pMethods->iVersion,
        [](sqlite3_file* f) { return inner(f)->pMethods->xClose(inner(f)); },
        [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
          return inner(f)->pMethods->xRead(inner(f), to, n, at);
        },
        [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
          if (faults().writes_fail) return fail(SQLITE_FULL);
          return inner(f)->pMethods->xWrite(inner(f), from, n, at);
        },
        [](sqlite3_file* f, sqlite3_int64 size) { return inner(f)->pMethods->xTruncate(inner(f), size); },
        [](sqlite3_file* f, int how) {
          if (faults().syncs_fail) return fail(SQLITE_IOERR_FSYNC);
          return inner(f)->pMethods->xSync(inner(f), how);
        },
        [](sqlite3_file* f, sqlite3_int64* size) { return inner(f)->pMethods->xFileSize(inner(f), size); },
        [](sqlite3_file* f, int lock) { return inner(f)->pMethods->xLock(inner(f), lock); },
        [](sqlite3_file* f, int lock) { return inner(f)->pMethods->xUnlock(inner(f), lock); },
        [](sqlite3_file* f, int* held) { return inner(f)->pMethods->xCheckReservedLock(inner(f), held); },
        [](sqlite3_file* f, int op, void* arg) { return inner(f)->pMethods->xFileControl(inner(f), op, arg); },
        [](sqlite3_file* f) { return inner(f)->pMethods->xSectorSize(inner(f)); },
        [](sqlite3_file* f) { return inner(f)->pMethods->xDeviceCharacteristics(inner(f)); },
        [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
          return inner(f)->pMethods->xShmMap(inner(f), page, size, extend, to);
        },
        [](sqlite3_file* f, int at, int n, int how) { return inner(f)->pMethods->xShmLock(inner(f), at, n, how); },
        [](sqlite3_file* f) { inner(f)->pMethods->xShmBarrier(inner(f)); },
        [](sqlite3_file* f, int remove) { return inner(f)->pMethods->xShmUnmap(inner(f), remove); },
        nullptr,
        nullptr};
    ours->base.pMethods = &ours->methods;
    return code;
  }
  sqlite3_vfs vfs_{};
};

}  // namespace telltale::test
