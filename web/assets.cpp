// The blob comes in through the assembler: no array literals for the compiler to chew on.
#include "web/assets.h"

#include <array>
#include <cstddef>

asm(".section .rodata.telltale_web,\"a\",%progbits\n"
    ".balign 16\n"
    ".hidden kTelltaleWebBlob\n"
    ".global kTelltaleWebBlob\n"
    "kTelltaleWebBlob:\n"
    ".incbin \"" TELLTALE_WEB_BLOB
    "\"\n"
    ".byte 0\n"
    ".previous\n");

extern "C" __attribute__((visibility("hidden"))) const unsigned char kTelltaleWebBlob[];

namespace telltale::web {
namespace {

struct Row {
  const char* path;
  const char* content_type;
  const char* etag;
  std::size_t offset;
  std::size_t size;
  std::size_t gzip_offset;
  std::size_t gzip_size;
  std::size_t brotli_offset;
  std::size_t brotli_size;
  bool immutable;
};

constexpr auto kRows = std::to_array<Row>({
#include "assets_table.inc"
});

std::array<core::Asset, kRows.size()> make_assets() {
  std::array<core::Asset, kRows.size()> made;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const Row& row = kRows[i];
    made[i] = {.path = row.path,
               .content_type = row.content_type,
               .etag = row.etag,
               .bytes = {kTelltaleWebBlob + row.offset, row.size},
               .gzip = {kTelltaleWebBlob + row.gzip_offset, row.gzip_size},
               .brotli = {kTelltaleWebBlob + row.brotli_offset, row.brotli_size},
               .immutable = row.immutable};
  }
  return made;
}

}  // namespace

std::span<const core::Asset> assets() {
  static const auto kAssets = make_assets();
  return kAssets;
}

}  // namespace telltale::web
