#include "daemon/host/elf_symbols.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/host/control_message.h"

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;
using Header = ElfW(Ehdr);
using Program = ElfW(Phdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

constexpr std::size_t kMaxTableBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxEntries = 4'096;  // of program and section headers
constexpr std::size_t kMaxNameBytes = 1'024;
constexpr std::size_t kShownNameBytes = 200;
constexpr unsigned kNativeClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

// All of `size` bytes at `offset`, or nothing.
std::string read_at(const core::Fd& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes;
  if (size == 0 || size > kMaxTableBytes || offset > static_cast<std::uint64_t>(INT64_MAX)) return bytes;
  bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const auto got = ::pread(file.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got <= 0) return {};
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

template <class Entry>
std::vector<Entry> table_at(const core::Fd& file, std::uint64_t offset, std::uint64_t size) {
  const std::string bytes = read_at(file, offset, size - size % sizeof(Entry));
  std::vector<Entry> entries(bytes.size() / sizeof(Entry));
  if (!entries.empty()) std::memcpy(entries.data(), bytes.data(), entries.size() * sizeof(Entry));
  return entries;
}

// The table that knows most.
const Section* best_table(const std::vector<Section>& sections) {
  const Section* best = nullptr;
  for (const Section& section : sections) {
    if (section.sh_link >= sections.size()) continue;
    if (section.sh_type == SHT_SYMTAB) return &section;
    if (section.sh_type == SHT_DYNSYM) best = &section;
  }
  return best;
}

std::string demangled(const char* name) {
  int failed = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &failed),
                                                         &std::free);
  return one_line(failed == 0 && text != nullptr ? text.get() : name, kShownNameBytes);
}

}  // namespace

core::Result<ElfSymbols> ElfSymbols::read(const std::string& path) {
  const core::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return make_error(ErrorCode::kNotFound, "is no file that can be read", path);
  }
  const auto headers = table_at<Header>(file, 0, sizeof(Header));
  if (headers.empty() || std::memcmp(headers[0].e_ident, ELFMAG, SELFMAG) != 0 ||
      headers[0].e_ident[EI_CLASS] != kNativeClass || headers[0].e_phentsize != sizeof(Program)) {
    return make_error(ErrorCode::kInvalid, "is no program or library of this machine", path);
  }
  const Header& header = headers[0];
  ElfSymbols symbols;
  for (const Program& program :
       table_at<Program>(file, header.e_phoff, std::min<std::size_t>(header.e_phnum, kMaxEntries) * sizeof(Program))) {
    if (program.p_type == PT_LOAD) symbols.segments_.push_back({program.p_offset, program.p_filesz, program.p_vaddr});
  }
  if (header.e_shentsize != sizeof(Section)) return symbols;
  const auto sections =
      table_at<Section>(file, header.e_shoff, std::min<std::size_t>(header.e_shnum, kMaxEntries) * sizeof(Section));
  const Section* table = best_table(sections);
  if (table == nullptr) return symbols;
  const Section& names = sections[table->sh_link];
  symbols.names_ = read_at(file, names.sh_offset, names.sh_size);
  for (const Symbol& symbol :
       table_at<Symbol>(file, table->sh_offset, std::min<std::uint64_t>(table->sh_size, kMaxTableBytes))) {
    const unsigned type = symbol.st_info & 0xfU;
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF) continue;
    symbols.functions_.push_back({symbol.st_value, symbol.st_size, symbol.st_name});
  }
  std::sort(symbols.functions_.begin(), symbols.functions_.end(),
            [](const Function& a, const Function& b) { return a.begin < b.begin; });
  return symbols;
}

std::uint64_t ElfSymbols::address_of(std::uint64_t file_offset) const {
  for (const Segment& segment : segments_) {
    if (file_offset >= segment.offset && file_offset - segment.offset < segment.size) {
      return file_offset - segment.offset + segment.address;
    }
  }
  return file_offset;
}

std::optional<std::string> ElfSymbols::function_at(std::uint64_t address) const {
  const bool inside = std::any_of(segments_.begin(), segments_.end(), [address](const Segment& segment) {
    return address >= segment.address && address - segment.address < segment.size;
  });
  if (!inside) return std::nullopt;
  auto after = std::upper_bound(functions_.begin(), functions_.end(), address,
                                [](std::uint64_t wanted, const Function& each) { return wanted < each.begin; });
  if (after == functions_.begin()) return std::nullopt;
  const Function& found = *--after;
  // One of no size, as assembler code has, reaches to the next.
  if (found.size != 0 && address - found.begin >= found.size) return std::nullopt;
  if (found.name >= names_.size()) return std::nullopt;
  const std::string name = names_.substr(
      found.name, ::strnlen(names_.data() + found.name, std::min(names_.size() - found.name, kMaxNameBytes)));
  if (name.empty()) return std::nullopt;
  return demangled(name.c_str());
}

}  // namespace telltale::host
