// The bytes of a file, plain or gzip (RFC 1952, several members too), in pieces: memory does not depend on its size.
// One thread; blocks on the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/core/error.h"

namespace telltale::tools {

class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // `-`: standard input. Whether it is gzip is seen by its first bytes.
  [[nodiscard]] static core::Result<std::unique_ptr<ByteSource>> open(const std::string& path);

  // Overwrites `piece`; empty at the end. kCorrupt: the gzip is broken, or ends early; what came before was good.
  [[nodiscard]] virtual core::Result<void> next(std::string& piece) = 0;
  // Of the file, so far; and how large it is, 0: not known.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

}  // namespace telltale::tools
