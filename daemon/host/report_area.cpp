#include "daemon/host/report_area.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace telltale::host {

core::Result<std::shared_ptr<ReportArea>> ReportArea::create() {
  core::Fd file(::memfd_create("telltale-report", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) return core::errno_error(errno, "memfd_create");
  if (::ftruncate(file.get(), sizeof(InstanceReport)) != 0) return core::errno_error(errno, "ftruncate");
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return core::errno_error(errno, "seal");
  }
  return map(std::move(file));
}

core::Result<std::shared_ptr<ReportArea>> ReportArea::map(core::Fd file) {
  void* memory = ::mmap(nullptr, sizeof(InstanceReport), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return core::errno_error(errno, "mmap", "the report");
  // Zeroes are its empty state: it is not constructed, so that the process does not undo what the daemon looks at.
  auto* report = static_cast<InstanceReport*>(memory);
  return std::shared_ptr<ReportArea>(new ReportArea(std::move(file), report));
}

ReportArea::~ReportArea() { ::munmap(report_, sizeof(InstanceReport)); }

}  // namespace telltale::host
