/* Telltale plugin ABI 1: the words that both sides share.
 *
 * Rules of the ABI (ARCHITECTURE.md has the reasons):
 *  - C11, fixed-width integers, text as UTF-8 pointer plus length, no enums in structs, no bitfields;
 *  - a published struct never changes: growth is a new interface id, asked for with get_interface();
 *  - each function states its results, the lifetime of each pointer and one thread tag:
 *      [main]      called once at a time, from the thread that loads plugins; must not block;
 *      [instance]  called from the one thread that belongs to the instance;
 *      [any]       callable from every thread, also from a library's callback thread.
 */
#ifndef TELLTALE_ABI_H
#define TELLTALE_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI's major number. A host refuses a plugin whose major differs. */
#define TELLTALE_ABI_MAJOR 1u
/* The ABI's minor number: raised when an interface is added. Never a reason to refuse. */
#define TELLTALE_ABI_MINOR 0u

/* Before the one function that a plugin shows. */
#if defined(__GNUC__)
#define TELLTALE_EXPORT __attribute__((visibility("default")))
#else
#define TELLTALE_EXPORT
#endif

/* Text: UTF-8, not terminated. data may be NULL when size is 0. */
typedef struct telltale_str {
  const char* data; /* UTF-8; what is not is escaped where it is shown */
  uint64_t size;    /* bytes */
} telltale_str;

/* A telltale_str of a text in quotes, for initialisers: `telltale_str name = TELLTALE_STR("plc");` */
#define TELLTALE_STR(literal) \
  { (literal), sizeof(literal) - 1 }

/* What a function answers: 0 is success, negative is a failure, positive is a success with a remark. */
typedef int32_t telltale_result;
#define TELLTALE_OK 0          /* done */
#define TELLTALE_FULL 1        /* accepted in part or not at all: the ring is full; the loss is counted */
#define TELLTALE_E_INVALID -1  /* an argument is out of its range; nothing was done */
#define TELLTALE_E_CONFIG -2   /* the options do not fit together; the host shows the last log line */
#define TELLTALE_E_IO -3       /* the device, the network or the file did not answer; try again later */
#define TELLTALE_E_LIMIT -4    /* a stated limit of the host is reached */
#define TELLTALE_E_STOPPED -5  /* the instance is being stopped */
#define TELLTALE_E_INTERNAL -6 /* a fault of the callee; the host restarts the instance */

/* Severities of a log line; the numbers are syslog's (RFC 5424, table 2). */
#define TELLTALE_LOG_ERROR 3   /* it does not work, and somebody must act */
#define TELLTALE_LOG_WARNING 4 /* it works, but not as it should */
#define TELLTALE_LOG_NOTICE 5  /* normal and worth knowing: connected, disconnected */
#define TELLTALE_LOG_INFO 6    /* how it goes */
#define TELLTALE_LOG_DEBUG 7   /* for whoever looks for a fault */

/* How far a value can be trusted. */
#define TELLTALE_QUALITY_GOOD 0      /* measured when it says, by a device that is well */
#define TELLTALE_QUALITY_STALE 1     /* retained or replayed: was true when it was measured */
#define TELLTALE_QUALITY_UNCERTAIN 2 /* its time is not certain, or the device says so */
#define TELLTALE_QUALITY_BAD 3       /* the device reported a fault; the value is absent (pass 0) */

/* What a series' numbers mean. */
#define TELLTALE_KIND_GAUGE 0   /* a measured value that goes up and down */
#define TELLTALE_KIND_COUNTER 1 /* only grows, but for resets */
#define TELLTALE_KIND_STATE 2   /* small integers with names */
#define TELLTALE_KIND_EVENT 3   /* text that happened at a time */

#ifdef __cplusplus
}
#endif

#endif
