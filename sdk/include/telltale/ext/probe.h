/* Telltale plugin interface telltale.probe/1: finds devices and tries readings before anything is configured.
 *
 * Of the plugin, not of an instance: `telltale probe NAME [key=value…]` runs it in a process of its own, with a host
 * whose options follow the probe's table. It publishes nothing: what it finds goes to the report.
 */
#ifndef TELLTALE_EXT_PROBE_H
#define TELLTALE_EXT_PROBE_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_PROBE_1 "telltale.probe/1"

/* Something found. All pointers are borrowed for the call. */
typedef struct telltale_finding {
  telltale_str title;   /* one line: `unit 3: Eastron SDM120` */
  telltale_str detail;  /* more lines: values side by side, why it is thought so; or empty */
  telltale_str options; /* YAML to paste below `options:` of an input, without indent; or empty */
  uint32_t confidence;  /* percent, 0 .. 100 */
  uint32_t reserved;    /* 0 */
} telltale_finding;

typedef struct telltale_report telltale_report;

/* Where a probe reports. Constant and valid during the call of run. */
struct telltale_report {
  void* context; /* the host's own */
  /* Shows a finding; at most 4,096 of them. It is copied. TELLTALE_OK; TELLTALE_E_INVALID without a title or
   * with a confidence above 100; TELLTALE_E_LIMIT. [any] */
  telltale_result (*found)(const telltale_report* report, const telltale_finding* finding);
  /* Says how far it is, `done` of `total` steps, and what is being tried, copied. [any] */
  void (*progress)(const telltale_report* report, uint32_t done, uint32_t total, telltale_str text);
};

/* What a plugin that can look for devices offers under that id. */
typedef struct telltale_probe_1 {
  const telltale_option* options; /* the probe's own table: what to look at, and how far */
  uint32_t option_count;          /* of options */
  uint32_t reserved;              /* 0 */
  /* Looks for devices until all is tried or stop_fd becomes readable, then returns within 2 s. host->declare_series
   * and host->publish answer TELLTALE_E_INVALID. Host and report are borrowed for the call. TELLTALE_OK, also when
   * nothing was found; TELLTALE_E_CONFIG; TELLTALE_E_IO when it could not look at all: the last log line says why.
   * [instance] */
  telltale_result (*run)(const telltale_host* host, const telltale_report* report, int32_t stop_fd);
} telltale_probe_1;

#ifdef __cplusplus
}
#endif

#endif
