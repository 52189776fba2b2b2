/* Telltale host interface telltale.log/1: log lines with fields.
 *
 *   const telltale_log_1* log = host->get_interface(host, TELLTALE_LOG_1);
 */
#ifndef TELLTALE_EXT_LOG_H
#define TELLTALE_EXT_LOG_H

#include <telltale/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_LOG_1 "telltale.log/1"

/* One field of a line. */
typedef struct telltale_log_field {
  telltale_str name;  /* [a-z][a-z0-9_]*, up to 64 bytes */
  telltale_str value; /* quoted in the line where it has spaces */
} telltale_log_field;

/* What the host offers under that id. */
typedef struct telltale_log_1 {
  /* As host->log, with the fields after the text, `name=value` or `name="a value"`; the line is cut at 2,048 bytes,
   * and the limit of lines a second is shared with host->log. At most 16 fields, more are left out. A field whose
   * name is malformed is left out. Everything is copied. [any] */
  void (*write)(const telltale_host* host, int32_t severity, telltale_str text, const telltale_log_field* fields,
                uint32_t field_count);
} telltale_log_1;

#ifdef __cplusplus
}
#endif

#endif
