#include "sdk/validator/elf_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include <elf.h>
#include <link.h>

namespace telltale::validator {

namespace {

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

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

// Copies a struct out of the file; false when it is not inside.
template <class Struct>
bool at(std::string_view bytes, std::uint64_t offset, Struct& into) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof into) return false;
  std::memcpy(&into, bytes.data() + offset, sizeof into);
  return true;
}

bool whole(std::string_view bytes, const ElfW(Ehdr) & header) {
  if (header.e_phnum == 0) return false;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment{};
    if (!at(bytes, header.e_phoff + i * sizeof segment, segment)) return false;
    if (segment.p_offset > bytes.size() || segment.p_filesz > bytes.size() - segment.p_offset) return false;
  }
  return true;
}

// What old linkers define in every library.
bool is_linkers_own(std::string_view name) {
  constexpr std::string_view kNames[] = {"_init", "_fini", "__bss_start", "_edata", "_end", ""};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

std::vector<std::string> symbols(std::string_view bytes, const ElfW(Shdr) & table, const ElfW(Shdr) & names) {
  std::vector<std::string> visible;
  for (std::uint64_t offset = 0; offset + sizeof(ElfW(Sym)) <= table.sh_size; offset += sizeof(ElfW(Sym))) {
    ElfW(Sym) symbol{};
    if (!at(bytes, table.sh_offset + offset, symbol)) break;
    const unsigned char binding = ELF64_ST_BIND(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
    if (ELF64_ST_VISIBILITY(symbol.st_other) == STV_HIDDEN || symbol.st_name >= names.sh_size) continue;
    const std::uint64_t place = names.sh_offset + symbol.st_name;
    if (place >= bytes.size()) continue;
    const std::string_view rest = bytes.substr(place, 4'096);
    const std::string_view name = rest.substr(0, rest.find('\0'));
    if (!is_linkers_own(name)) visible.emplace_back(name);
  }
  return visible;
}

std::vector<std::string> visible_symbols(std::string_view bytes, const ElfW(Ehdr) & header) {
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    ElfW(Shdr) table{};
    ElfW(Shdr) names{};
    if (!at(bytes, header.e_shoff + i * sizeof table, table)) break;
    if (table.sh_type != SHT_DYNSYM) continue;
    if (at(bytes, header.e_shoff + table.sh_link * sizeof names, names)) return symbols(bytes, table, names);
  }
  return {};
}

}  // namespace

ElfFile ElfFile::read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  ElfFile elf;
  ElfW(Ehdr) header{};
  if (!at(bytes, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return elf;
  elf.machine = header.e_machine;  // at the same place in 32-bit and 64-bit files
  elf.is_library = header.e_type == ET_DYN;
  elf.is_elf = true;
  if (header.e_ident[EI_CLASS] != kClass) return elf;
  elf.is_whole = whole(bytes, header);
  elf.visible = visible_symbols(bytes, header);
  return elf;
}

unsigned this_machine() { return kMachine; }

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

}  // namespace telltale::validator
