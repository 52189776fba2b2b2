// The library's file.
#include <fstream>

#include "sdk/validator/case.h"
#include "sdk/validator/elf_file.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

void exists(Lab& lab) {
  std::ifstream file(lab.file(), std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof())
    fail("there is no file, it is empty, or no reading it");
}

void is_library(Lab& lab) {
  const ElfFile elf = ElfFile::read(lab.file());
  if (!elf.is_elf) fail("it is no ELF file, or cut off in its header");
  if (!elf.is_library) fail("it is an ELF file, but no shared library");
}

void is_for_this_machine(Lab& lab) {
  const unsigned machine = ElfFile::read(lab.file()).machine;
  if (machine != this_machine())
    fail("it was built for " + machine_name(machine) + ", this is " + machine_name(this_machine()));
}

void is_whole(Lab& lab) {
  if (!ElfFile::read(lab.file()).is_whole) fail("parts that the linker would map are not in the file");
}

void shows_one_symbol(Lab& lab) {
  std::string others;
  std::size_t count = 0;
  for (const std::string& symbol : ElfFile::read(lab.file()).visible) {
    if (symbol == TELLTALE_ENTRY_SYMBOL) continue;
    if (++count <= 3) others += (others.empty() ? "" : ", ") + shown(symbol);
  }
  if (count > 0) fail("it also shows " + others + (count > 3 ? " and " + std::to_string(count - 3) + " more" : ""));
}

void loads(Lab& lab) { lab.library(); }

constexpr Case kCases[] = {
    {{"file.exists", "The file is there, and can be read.", "Give the path of the built library, build/NAME.so."},
     {},
     &exists},
    {{"file.elf", "The file is a shared library.", "Build it as a library: add_library(NAME MODULE …), or -shared."},
     {"file.exists"},
     &is_library},
    {{"file.machine", "The library was built for this machine.",
      "Build on this machine, or with a toolchain file for it; validate where it will run."},
     {"file.elf"},
     &is_for_this_machine},
    {{"file.whole", "Nothing of the library is cut off.", "Copy it again: what was copied last ended early."},
     {"file.machine"},
     &is_whole},
    {{"file.one_symbol", "Only telltale_plugin_entry is visible, so that nothing collides with another plugin.",
      "Link with the version script sdk/plugin.map (telltale_add_plugin does it)."},
     {"file.whole"},
     &shows_one_symbol},
    {{"file.loads", "The library loads by itself: every library and symbol that it needs is found.",
      "Link all it uses (-Wl,-z,defs finds what is missing while linking), and do nothing in global constructors."},
     {"file.whole"},
     &loads},
};

}  // namespace

std::span<const Case> file_cases() { return kCases; }

}  // namespace telltale::validator
