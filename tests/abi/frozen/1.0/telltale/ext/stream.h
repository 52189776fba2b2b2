/* Telltale plugin interface telltale.stream/1: the plugin owns its thread's loop. */
#ifndef TELLTALE_EXT_STREAM_H
#define TELLTALE_EXT_STREAM_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_STREAM_1 "telltale.stream/1"

/* What a plugin with a loop of its own offers under that id. */
typedef struct telltale_stream_1 {
  /* Runs until stop_fd becomes readable (poll it beside the device's descriptor; do not read from it), then
   * returns within 2 s. TELLTALE_OK after a stop. TELLTALE_E_IO, TELLTALE_E_INTERNAL, and a return without a stop
   * restart the instance with back-off. [instance] */
  telltale_result (*run)(telltale_instance* instance, int32_t stop_fd);
} telltale_stream_1;

#ifdef __cplusplus
}
#endif

#endif
