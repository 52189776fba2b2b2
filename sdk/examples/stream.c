/* A streaming input in C: it owns its loop. Publishes how late its own timer is, ten times a second. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <telltale/ext/stream.h>

struct telltale_instance {
  const telltale_host* host;
  uint32_t late; /* the series' number */
};

static telltale_result create(const telltale_host* host, telltale_instance** instance) {
  const telltale_series series = {.name = TELLTALE_STR("stream_c.late"), .unit = TELLTALE_STR("ms"), .decimals = 3};
  uint32_t number = 0;
  if (host->declare_series(host, &series, &number) != TELLTALE_OK) return TELLTALE_E_CONFIG;
  if ((*instance = malloc(sizeof **instance)) == NULL) return TELLTALE_E_INTERNAL;
  **instance = (telltale_instance){host, number};
  return TELLTALE_OK;
}
static void destroy(telltale_instance* self) { free(self); }
static telltale_result run(telltale_instance* self, int32_t stop_fd) {
  struct pollfd descriptors[] = {{stop_fd, POLLIN, 0}}; /* a device's descriptor would be the second */
  self->host->health(self->host, TELLTALE_HEALTH_OK, (telltale_str){0});
  for (int64_t due = self->host->now(self->host) + 100000000;; due = self->host->now(self->host) + 100000000) {
    if (poll(descriptors, 1, 100) > 0) return TELLTALE_OK;
    const int64_t now = self->host->now(self->host);
    const telltale_reading reading = {.time = now, .value = (double)(now - due) / 1e6, .series = self->late};
    self->host->publish(self->host, &reading, 1); /* a full ring is counted by the host */
  }
}
static const telltale_stream_1 kStream = {run};
static const void* get_interface(const char* id) { return strcmp(id, TELLTALE_STREAM_1) == 0 ? &kStream : NULL; }
/* clang-format off */
static const telltale_plugin kPlugin = {TELLTALE_ABI_MAJOR, TELLTALE_ABI_MINOR, TELLTALE_STR("stream_c"), TELLTALE_STR("1.0.0"),
    TELLTALE_STR("How late a timer is."), NULL, 0, 0, create, destroy, get_interface};
/* clang-format on */
const telltale_plugin* telltale_plugin_entry(uint32_t major) { return major == TELLTALE_ABI_MAJOR ? &kPlugin : NULL; }
