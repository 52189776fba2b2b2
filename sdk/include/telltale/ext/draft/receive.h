/* Telltale plugin interface telltale.draft.receive/1, a draft: the host hands over what somebody posted to the input.
 *
 * POST /api/v1/ingest/ID takes any document for the input ID and knows nothing of what is in it: a plugin that offers
 * this beside poll/1 or stream/1 makes readings of it. A draft may change with every release of the host.
 */
#ifndef TELLTALE_EXT_DRAFT_RECEIVE_H
#define TELLTALE_EXT_DRAFT_RECEIVE_H

#include <telltale/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's id. */
#define TELLTALE_DRAFT_RECEIVE_1 "telltale.draft.receive/1"

/* What was posted. All pointers are borrowed for the call. */
typedef struct telltale_document {
  telltale_str body;       /* as it came, decompressed; hostile; at most 128 KiB */
  telltale_str media_type; /* of Content-Type, in small letters, without parameters: `application/json`; or empty */
} telltale_document;

/* What a plugin that receives documents offers under that id. */
typedef struct telltale_draft_receive_1 {
  /* Takes the document, which is borrowed for the call, and returns within a second. Poll or run may be running at the
   * same time, in another thread; the host makes one call of receive or write at a time, and none before create has
   * returned or after a stop was asked for. TELLTALE_OK, also when nothing in it was of interest; TELLTALE_E_INVALID: it
   * makes no sense, the last log line is shown to whoever posted; TELLTALE_E_IO: not now, it may be posted again. [any] */
  telltale_result (*receive)(telltale_instance* instance, const telltale_document* document);
} telltale_draft_receive_1;

#ifdef __cplusplus
}
#endif

#endif
