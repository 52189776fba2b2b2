#include "daemon/host/syscall_names.h"

#include <algorithm>

#include "daemon/host/syscall_table.h"

namespace telltale::host {

namespace {

#ifdef __arm__
// Beside the table: calls of this machine alone.
constexpr NamedCall kMachineCalls[] = {{"set_tls", 0x0f0005}, {"cacheflush", 0x0f0002}, {"breakpoint", 0x0f0001}};
#else
constexpr std::span<const NamedCall> kMachineCalls;
#endif

template <class Fits>
const NamedCall* find_call(Fits fits) {
  for (const std::span<const NamedCall> table : {syscall_table(), std::span<const NamedCall>(kMachineCalls)}) {
    const auto found = std::find_if(table.begin(), table.end(), fits);
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

std::string syscall_name(int number) {
  const NamedCall* call = find_call([number](const NamedCall& each) { return each.number == number; });
  return call != nullptr ? std::string(call->name) : "system call " + std::to_string(number);
}

int syscall_number(std::string_view name) {
  const NamedCall* call = find_call([name](const NamedCall& each) { return each.name == name; });
  return call != nullptr ? call->number : -1;
}

}  // namespace telltale::host
