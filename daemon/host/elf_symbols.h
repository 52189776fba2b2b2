// Names of functions in a library or program, from its file: the symbol table where it was left in, else the names it
// exports. The file may be anything, and may change while it is read: everything is read with bounds, nothing is
// mapped. Blocks on the disk; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::host {

class ElfSymbols {
 public:
  // ErrorCode::kNotFound, kInvalid: no regular file, no ELF of this machine's word size.
  [[nodiscard]] static core::Result<ElfSymbols> read(const std::string& path);

  // The address in the library's own counting (as addr2line wants it) of a place in the file.
  [[nodiscard]] std::uint64_t address_of(std::uint64_t file_offset) const;
  // The function that holds the address, demangled; nothing when none is known.
  [[nodiscard]] std::optional<std::string> function_at(std::uint64_t address) const;

 private:
  struct Segment {
    std::uint64_t offset;
    std::uint64_t size;
    std::uint64_t address;
  };
  struct Function {
    std::uint64_t begin;
    std::uint64_t size;
    std::uint32_t name;
  };
  std::vector<Segment> segments_;
  std::vector<Function> functions_;  // by begin
  std::string names_;
};

}  // namespace telltale::host
