// A library's file, read without loading it. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace telltale::validator {

struct ElfFile {
  bool is_elf = false;      // begins as an ELF file of this machine's word length
  bool is_library = false;  // ET_DYN
  unsigned machine = 0;
  bool is_whole = false;             // everything that the linker maps is in the file
  std::vector<std::string> visible;  // names of symbols it exports
  [[nodiscard]] static ElfFile read(const std::string& file);
};

// The ELF number of this machine, and a number's name.
[[nodiscard]] unsigned this_machine();
[[nodiscard]] std::string machine_name(unsigned machine);

}  // namespace telltale::validator
