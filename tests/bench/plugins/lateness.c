/* Polled every 10 ms: each value is how late the call came, in microseconds after its deadline. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/badplugins/raw_plugin.h"

struct telltale_instance {
  const telltale_host* host;
  uint32_t series;
};

static telltale_result create(const telltale_host* host, telltale_instance** instance) {
  telltale_series series = {0};
  telltale_instance* made = malloc(sizeof *made);
  if (made == NULL) return TELLTALE_E_LIMIT;
  series.name.data = "poll.lateness";
  series.name.size = strlen(series.name.data);
  series.kind = TELLTALE_KIND_GAUGE;
  series.decimals = -1;
  made->host = host;
  if (host->declare_series(host, &series, &made->series) != TELLTALE_OK) {
    free(made);
    return TELLTALE_E_INTERNAL;
  }
  *instance = made;
  return TELLTALE_OK;
}
static void destroy(telltale_instance* instance) { free(instance); }

static int64_t interval(telltale_instance* instance) {
  (void)instance;
  return 10000000;
}
static telltale_result poll(telltale_instance* instance, int64_t deadline) {
  const telltale_host* host = instance->host;
  telltale_reading reading = {0, 0, instance->series, TELLTALE_QUALITY_GOOD, 0};
  reading.value = (double)(host->now(host) - deadline) / 1e3;
  return host->publish(host, &reading, 1);
}

static const telltale_poll_1 kPoll = {&interval, &poll};
static const void* get_interface(const char* id) { return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : NULL; }

static telltale_plugin plugin = {1, 0,       TEXT("lateness"), TEXT("1.0.0"), TEXT("How late polls are."), NULL, 0,
                                 0, &create, &destroy,         &get_interface};

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  return host_abi_major == TELLTALE_ABI_MAJOR ? &plugin : NULL;
}
