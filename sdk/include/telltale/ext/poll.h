/* Telltale plugin interface telltale.poll/1: the host calls at absolute deadlines. */
#ifndef TELLTALE_EXT_POLL_H
#define TELLTALE_EXT_POLL_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_POLL_1 "telltale.poll/1"

/* What a plugin that is polled offers under that id. */
typedef struct telltale_poll_1 {
  /* The time between two polls in ns, 1 ms .. 1 day; asked for once, after create. [instance] */
  int64_t (*interval)(telltale_instance* instance);

  /* Reads the device and publishes. deadline is the boot-clock time in ns this call was due at; the host skips
   * deadlines that have passed, and counts them. TELLTALE_OK; TELLTALE_E_IO: shown as the input's error, polled
   * again at the next deadline; TELLTALE_E_INTERNAL: the instance is restarted. [instance] */
  telltale_result (*poll)(telltale_instance* instance, int64_t deadline);
} telltale_poll_1;

#ifdef __cplusplus
}
#endif

#endif
