#include "daemon/host/ring_mapping.h"

#include <bit>
#include <cerrno>
#include <new>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telltale::host {

namespace {

using core::errno_error;
using core::ErrorCode;
using core::Fd;
using core::make_error;

// An area before or behind the place where the data area may begin.
bool is_valid(const RingGeometry& geometry) {
  return geometry.declarations > 0 && geometry.declarations <= kMaxDeclarationBytes &&
         geometry.declarations % kRingAlignment == 0 && geometry.data >= kRingAlignment &&
         geometry.data <= kMaxDataBytes && std::has_single_bit(geometry.data);
}

off_t file_bytes(const RingGeometry& geometry) {
  return static_cast<off_t>(kRingAlignment + geometry.declarations + geometry.data);
}

std::byte* map_shared(int file, std::uint64_t offset, std::uint64_t bytes, void* place) {
  const int flags = MAP_SHARED | (place != nullptr ? MAP_FIXED : 0);
  void* area = ::mmap(place, bytes, PROT_READ | PROT_WRITE, flags, file, static_cast<off_t>(offset));
  return area == MAP_FAILED ? nullptr : static_cast<std::byte*>(area);
}

core::Result<void> allocate(int file, const RingGeometry& geometry) {
  if (::ftruncate(file, file_bytes(geometry)) != 0) return errno_error(errno, "ftruncate");
  const auto data_begin = static_cast<off_t>(kRingAlignment + geometry.declarations);
  if (int failed = ::posix_fallocate(file, 0, sizeof(RingHeader)); failed != 0) return errno_error(failed, "allocate");
  if (int failed = ::posix_fallocate(file, data_begin, static_cast<off_t>(geometry.data)); failed != 0) {
    return errno_error(failed, "allocate");
  }
  return {};
}

}  // namespace

core::Result<std::shared_ptr<RingMapping>> RingMapping::create(const std::string& path, std::uint64_t generation,
                                                               const RingGeometry& geometry) {
  if (!is_valid(geometry)) return make_error(ErrorCode::kInvalid, "impossible sizes of a ring", path);
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    const int failed = errno;
    core::Error error = errno_error(failed, "create", path);
    if (failed == EEXIST) error.code = ErrorCode::kConflict;
    return error;
  }
  auto ready = allocate(file.get(), geometry);
  std::shared_ptr<RingMapping> ring(new RingMapping(path));
  ring->geometry_ = geometry;
  ring->generation_ = generation;
  if (ready) ready = ring->map_areas(file.get());
  if (!ready) {
    ::unlink(path.c_str());
    return ready.error().in(path);
  }
  auto* header = new (ring->header_) RingHeader{};
  header->version = kRingVersion;
  header->declarations_capacity = geometry.declarations;
  header->data_capacity = geometry.data;
  header->generation = generation;
  // Last: a file without its magic is one whose maker died half-way.
  std::atomic_ref<std::uint64_t>(header->magic).store(kRingMagic, std::memory_order_release);
  return ring;
}

core::Result<std::shared_ptr<RingMapping>> RingMapping::open(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return errno_error(errno, "open", path);
  return map(file, path);
}

core::Result<std::shared_ptr<RingMapping>> RingMapping::map(const Fd& file, std::string name) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return errno_error(errno, "fstat", name);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return make_error(ErrorCode::kCorrupt, "is no file of this user", name);
  }
  if (std::cmp_less(status.st_size, kRingAlignment)) return make_error(ErrorCode::kCorrupt, "is too short", name);
  std::shared_ptr<RingMapping> ring(new RingMapping(std::move(name)));
  // The constant words are read from the file, not from memory that somebody may be writing.
  RingHeader header{};
  constexpr std::size_t kConstantBytes = offsetof(RingHeader, generation) + sizeof header.generation;
  if (::pread(file.get(), static_cast<void*>(&header), kConstantBytes, 0) != static_cast<ssize_t>(kConstantBytes)) {
    return make_error(ErrorCode::kCorrupt, "cannot be read", ring->path_);
  }
  ring->geometry_ = {header.declarations_capacity, header.data_capacity};
  ring->generation_ = header.generation;
  if (header.magic != kRingMagic || header.version != kRingVersion) {
    return make_error(ErrorCode::kCorrupt, "was not made by this version", ring->path_);
  }
  if (!is_valid(ring->geometry_) || status.st_size != file_bytes(ring->geometry_)) {
    return make_error(ErrorCode::kCorrupt, "its size is not what its header says", ring->path_);
  }
  if (auto mapped = ring->map_areas(file.get()); !mapped) return mapped.error().in(ring->path_);
  return ring;
}

core::Result<void> RingMapping::map_areas(int file) {
  std::byte* header = map_shared(file, 0, kRingAlignment, nullptr);
  if (header == nullptr) return errno_error(errno, "mmap");
  header_ = reinterpret_cast<RingHeader*>(header);
  declarations_ = map_shared(file, kRingAlignment, geometry_.declarations, nullptr);
  if (declarations_ == nullptr) return errno_error(errno, "mmap");
  // Room for both copies first, so that the second cannot land on somebody else's memory.
  void* room = ::mmap(nullptr, 2 * geometry_.data, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return errno_error(errno, "mmap");
  data_ = static_cast<std::byte*>(room);
  const std::uint64_t offset = kRingAlignment + geometry_.declarations;
  for (std::byte* half : {data_, data_ + geometry_.data}) {
    if (map_shared(file, offset, geometry_.data, half) == nullptr) return errno_error(errno, "mmap");
  }
  return {};
}

RingMapping::~RingMapping() {
  if (data_ != nullptr) ::munmap(data_, 2 * geometry_.data);
  if (declarations_ != nullptr) ::munmap(declarations_, geometry_.declarations);
  if (header_ != nullptr) ::munmap(header_, kRingAlignment);
}

}  // namespace telltale::host
