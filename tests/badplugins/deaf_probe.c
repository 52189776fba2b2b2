/* A probe that does not look at its stop descriptor. */
#include <unistd.h>

#include <telltale/ext/probe.h>

#include "tests/badplugins/raw_plugin.h"

static telltale_result run(const telltale_host* host, const telltale_report* report, int32_t stop_fd) {
  (void)host;
  (void)report;
  (void)stop_fd;
  sleep(3);
  return TELLTALE_OK;
}
static const void* get_interface(const char* id) {
  static const telltale_probe_1 kMore = {NULL, 0, 0, &run};
  return strcmp(id, TELLTALE_PROBE_1) == 0 ? (const void*)&kMore : raw_get_interface(id);
}
static telltale_plugin plugin = RAW_PLUGIN("deaf_probe", "A probe that does not look at its stop descriptor.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
