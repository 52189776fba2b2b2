/* Telltale plugin interface telltale.sink/1: receives readings and sends them out.
 *
 * The host keeps what was not yet acknowledged in its store, so a sink keeps nothing: what it acknowledged is never
 * given again, what it did not is given again after a restart, in order.
 */
#ifndef TELLTALE_EXT_SINK_H
#define TELLTALE_EXT_SINK_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_SINK_1 "telltale.sink/1"

/* A reading on its way out. */
typedef struct telltale_outgoing {
  const telltale_series* series; /* the same pointer for the same series within a batch */
  telltale_str text;             /* of an event, or the name of a state's value; else empty */
  int64_t time;                  /* ns since 1970-01-01 UTC, corrected where the clock was wrong */
  double value;                  /* 0 when quality is bad, and of an event */
  uint32_t quality;              /* TELLTALE_QUALITY_GOOD .. TELLTALE_QUALITY_BAD */
  uint32_t reserved;             /* 0 */
} telltale_outgoing;

/* Readings in the order of the store. All pointers are borrowed for the call. */
typedef struct telltale_batch {
  const telltale_outgoing* readings; /* the first of `count` */
  uint64_t cursor;                   /* what stands for this batch and all before it, once acknowledged */
  uint32_t count;                    /* 1 .. 10,000 */
  uint32_t live;                     /* 1: just measured; 0: from the store, catching up */
} telltale_batch;

/* What a sink offers under that id. */
typedef struct telltale_sink_1 {
  /* Sends a batch, which is borrowed for the call; returns when the other side has it. May block for 30 s.
   * TELLTALE_OK: acknowledged, the cursor moves on; TELLTALE_E_IO: not reached, the same batch comes again after a
   * back-off; TELLTALE_E_INVALID: the other side will never take it: counted, logged, skipped;
   * TELLTALE_E_STOPPED; TELLTALE_E_INTERNAL: the instance is restarted. [instance] */
  telltale_result (*send)(telltale_instance* instance, const telltale_batch* batch, int32_t stop_fd);
} telltale_sink_1;

#ifdef __cplusplus
}
#endif

#endif
