/* A sink that answers a code that there is not. */
#include <telltale/ext/sink.h>

#include "tests/badplugins/raw_plugin.h"

static telltale_result give(telltale_instance* instance, const telltale_batch* batch, int32_t stop_fd) {
  (void)instance;
  (void)batch;
  (void)stop_fd;
  return 99;
}
static const void* get_interface(const char* id) {
  static const telltale_sink_1 kMore = {&give};
  return strcmp(id, TELLTALE_SINK_1) == 0 ? (const void*)&kMore : raw_get_interface(id);
}
static telltale_plugin plugin = RAW_PLUGIN("sink_of_garbage", "A sink that answers a code that there is not.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
