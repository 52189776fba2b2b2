/* Telltale plugin interface telltale.write/1: the host sets an output of the device.
 *
 * Only called when the user's configuration says `writable: true` for the input; offered beside poll/1 or stream/1.
 */
#ifndef TELLTALE_EXT_WRITE_H
#define TELLTALE_EXT_WRITE_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_WRITE_1 "telltale.write/1"

/* One output to set. All pointers are borrowed for the call. */
typedef struct telltale_output {
  telltale_str name; /* as the plugin's options name it; commonly that of the series that reads it back */
  telltale_str text; /* the value as text, for outputs that take text; else empty */
  double value;      /* the value as a number in the output's own unit; finite */
  int64_t deadline;  /* boot-clock time in ns after which the user no longer waits: give up then */
} telltale_output;

/* What a plugin with outputs offers under that id. */
typedef struct telltale_write_1 {
  /* Sets the output, which is borrowed for the call, and returns when the device has acknowledged it (read it back
   * where the protocol cannot say so). May block until the deadline. Poll or run may be running at the same time, in
   * another thread; the host makes one call of write at a time, and none before create has returned or after a stop was
   * asked for. TELLTALE_OK; TELLTALE_E_INVALID: no such output, or a value out of its range; TELLTALE_E_IO: the device
   * did not take it; TELLTALE_E_STOPPED. The last log line is shown to whoever asked. [any] */
  telltale_result (*write)(telltale_instance* instance, const telltale_output* output);
} telltale_write_1;

#ifdef __cplusplus
}
#endif

#endif
