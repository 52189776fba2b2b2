/* Refuses every host. */
#include <stddef.h>

#include "tests/badplugins/raw_plugin.h"

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  (void)host_abi_major;
  return NULL;
}
