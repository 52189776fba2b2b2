/* Telltale host interface telltale.draft.refusal/1, a draft: the plugin shows what it could not use.
 *
 *   const telltale_draft_refusal_1* refusals = host->get_interface(host, TELLTALE_DRAFT_REFUSAL_1);
 *
 * A payload that does not fit never stops an input. It is counted per reason, and the last one is shown with the input:
 * whoever looks at it sees what the device really sends. A draft may change with every release of the host.
 */
#ifndef TELLTALE_EXT_DRAFT_REFUSAL_H
#define TELLTALE_EXT_DRAFT_REFUSAL_H

#include <telltale/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_DRAFT_REFUSAL_1 "telltale.draft.refusal/1"

/* A payload that was refused. Any bytes may be in its texts: the host escapes them. All pointers are borrowed for the
 * call. */
typedef struct telltale_refusal {
  telltale_str reason;  /* one of few, as the plugin's counter of it is called: `payload.not_json`; up to 64 bytes */
  telltale_str source;  /* where it came from: a topic, a poll's name, a port, a path; or empty; cut at 256 bytes */
  telltale_str detail;  /* more in words, or empty; cut at 256 bytes */
  telltale_str payload; /* as it came; its first 512 bytes are kept */
} telltale_refusal;

/* What the host offers under that id. */
typedef struct telltale_draft_refusal_1 {
  /* Adds one to the reason's number, and keeps the payload as the last one. Everything is copied. At most 32 reasons
   * of an instance are told apart; further ones are counted together as `other`. Cheap enough to be called for every
   * payload: only the latest crosses to the daemon, escaped there and then. It adds to no counter: count that as well,
   * for hosts that have not this interface. [any] */
  void (*refuse)(const telltale_host* host, const telltale_refusal* refusal);
} telltale_draft_refusal_1;

#ifdef __cplusplus
}
#endif

#endif
