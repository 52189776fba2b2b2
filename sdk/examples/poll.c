/* A polling input in C: the host calls poll() at absolute deadlines. Publishes the load of the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <telltale/ext/poll.h>

struct telltale_instance {
  const telltale_host* host;
  uint32_t load; /* the series' number */
};

static telltale_result create(const telltale_host* host, telltale_instance** instance) {
  const telltale_series series = {.name = TELLTALE_STR("poll_c.load"), .decimals = 2};
  uint32_t number = 0;
  if (host->declare_series(host, &series, &number) != TELLTALE_OK) return TELLTALE_E_CONFIG;
  if ((*instance = malloc(sizeof **instance)) == NULL) return TELLTALE_E_INTERNAL;
  **instance = (telltale_instance){host, number};
  return TELLTALE_OK;
}
static void destroy(telltale_instance* self) { free(self); }
static int64_t interval(telltale_instance* self) { return self->host->options->children[0].integer; }
static telltale_result poll(telltale_instance* self, int64_t deadline) {
  telltale_reading reading = {.time = deadline, .series = self->load};
  FILE* file = fopen("/proc/loadavg", "r");
  const int found = file == NULL ? 0 : fscanf(file, "%lf", &reading.value);
  if (file != NULL) fclose(file);
  if (found == 1) self->host->publish(self->host, &reading, 1); /* a full ring is counted by the host */
  return found == 1 ? TELLTALE_OK : TELLTALE_E_IO;
}
static const telltale_poll_1 kPoll = {interval, poll};
static const void* get_interface(const char* id) { return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : NULL; }
/* clang-format off */
static const telltale_option kEvery = {TELLTALE_STR("every"), TELLTALE_STR("Time between readings."), {0},
    TELLTALE_STR("1s"), .minimum = 1e6, .maximum = 3.6e12, .type = TELLTALE_OPTION_DURATION};
static const telltale_plugin kPlugin = {TELLTALE_ABI_MAJOR, TELLTALE_ABI_MINOR, TELLTALE_STR("poll_c"), TELLTALE_STR("1.0.0"),
    TELLTALE_STR("The load of the machine."), &kEvery, 1, 0, create, destroy, get_interface};
/* clang-format on */
const telltale_plugin* telltale_plugin_entry(uint32_t major) { return major == TELLTALE_ABI_MAJOR ? &kPlugin : NULL; }
