#include "daemon/host/elf_check.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <vector>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;

constexpr std::uint16_t kMaxSegments = 1'024;

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "arm64";
    case EM_ARM:
      return "arm";
    case EM_386:
      return "x86";
    case EM_RISCV:
      return "RISC-V";
    default:
      return "machine " + std::to_string(machine);
  }
}

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#elif defined(__arm__)
constexpr unsigned kMachine = EM_ARM;
#elif defined(__i386__)
constexpr unsigned kMachine = EM_386;
#elif defined(__riscv)
constexpr unsigned kMachine = EM_RISCV;
#else
#error "name this machine's ELF number"
#endif

// Reads exactly that much, or nothing.
bool read_at(const core::Fd& fd, void* to, std::size_t bytes, std::uint64_t offset) {
  return ::pread(fd.get(), to, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

// Whether everything that the linker maps is in the file.
bool is_whole(const core::Fd& fd, const ElfW(Ehdr) & header) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || status.st_size < 0) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (header.e_phentsize != sizeof(ElfW(Phdr)) || header.e_phnum == 0 || header.e_phnum > kMaxSegments) return false;
  std::vector<ElfW(Phdr)> segments(header.e_phnum);
  const std::size_t bytes = segments.size() * sizeof(ElfW(Phdr));
  if (header.e_phoff > size || !read_at(fd, segments.data(), bytes, header.e_phoff)) return false;
  return std::all_of(segments.begin(), segments.end(), [size](const ElfW(Phdr) & segment) {
    return segment.p_offset <= size && segment.p_filesz <= size - segment.p_offset;
  });
}

}  // namespace

core::Result<void> check_elf(const std::string& file) {
  const auto refuse = [&file](std::string why) { return make_error(ErrorCode::kInvalid, std::move(why), file); };
  const core::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return core::errno_error(errno, "open", file);
  ElfW(Ehdr) header{};
  // e_ident, e_type and e_machine lie at the same place in 32-bit and 64-bit files.
  const bool is_elf =
      read_at(fd, &header, sizeof header, 0) &&
      std::equal(header.e_ident, header.e_ident + SELFMAG, reinterpret_cast<const unsigned char*>(ELFMAG));
  if (!is_elf) return refuse("is not a shared library (no ELF file, or cut off); a plugin is built as a .so");
  if (header.e_machine != kMachine) {
    return refuse("was built for " + machine_name(header.e_machine) + ", this machine is " + machine_name(kMachine) +
                  "; build it for this machine");
  }
  if (header.e_type != ET_DYN) return refuse("is an ELF file, but no shared library; link it with -shared");
  if (!is_whole(fd, header)) return refuse("is cut off: copy it again");
  return {};
}

}  // namespace telltale::host
