// A ring file in memory. Owned by whoever writes or reads it (each maps it for itself); constant after creation,
// so that any thread may look at the header's atomic words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/host/ring_layout.h"

namespace telltale::host {

struct RingGeometry {
  std::uint64_t declarations = kMaxDeclarationBytes;  // sparse: takes no memory until it is used
  std::uint64_t data = kDefaultDataBytes;             // a power of two, at least kRingAlignment
};

class RingMapping {
 public:
  // Makes a new file (mode 0600) with its data area allocated, so that a full tmpfs is an error here and no signal
  // later. ErrorCode::kConflict when the file exists.
  [[nodiscard]] static core::Result<std::shared_ptr<RingMapping>> create(const std::string& path,
                                                                         std::uint64_t generation,
                                                                         const RingGeometry& geometry = {});
  // Maps one that exists; checks everything that is constant. ErrorCode::kCorrupt when it is no ring of ours.
  [[nodiscard]] static core::Result<std::shared_ptr<RingMapping>> open(const std::string& path);
  [[nodiscard]] static core::Result<std::shared_ptr<RingMapping>> map(const core::Fd& file, std::string name);

  RingMapping(const RingMapping&) = delete;
  RingMapping& operator=(const RingMapping&) = delete;
  ~RingMapping();

  [[nodiscard]] RingHeader& header() const { return *header_; }
  [[nodiscard]] std::byte* declarations() const { return declarations_; }
  [[nodiscard]] std::byte* data() const { return data_; }
  // As they were when the file was mapped: the header's own words may be overwritten since.
  [[nodiscard]] const RingGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit RingMapping(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] core::Result<void> map_areas(int file);

  std::string path_;
  RingGeometry geometry_;
  std::uint64_t generation_ = 0;
  RingHeader* header_ = nullptr;
  std::byte* declarations_ = nullptr;
  std::byte* data_ = nullptr;
};

}  // namespace telltale::host
