/* Says that it has set an output that there is not. */
#include <telltale/ext/write.h>

#include "tests/badplugins/raw_plugin.h"

static telltale_result set(telltale_instance* instance, const telltale_output* output) {
  (void)instance;
  (void)output;
  return TELLTALE_OK;
}
static const void* get_interface(const char* id) {
  static const telltale_write_1 kMore = {&set};
  return strcmp(id, TELLTALE_WRITE_1) == 0 ? (const void*)&kMore : raw_get_interface(id);
}
static telltale_plugin plugin = RAW_PLUGIN("writes_anything", "Says that it has set an output that there is not.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
