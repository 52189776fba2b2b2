/* Telltale plugin ABI 1: the options table.
 *
 * Options are declared, not parsed. A plugin lists what it understands; the host validates the user's YAML
 * against the list (with line numbers), fills in defaults, and hands the plugin a finished tree. The same
 * table makes `telltale plugin info`, the editors' JSON Schema and the docs.
 */
#ifndef TELLTALE_OPTIONS_H
#define TELLTALE_OPTIONS_H

#include <telltale/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types of an option. */
#define TELLTALE_OPTION_BOOL 1     /* YAML `true` or `false` */
#define TELLTALE_OPTION_INT 2      /* a whole number, 64 bits with sign */
#define TELLTALE_OPTION_FLOAT 3    /* a finite number */
#define TELLTALE_OPTION_TEXT 4     /* UTF-8 */
#define TELLTALE_OPTION_DURATION 5 /* YAML `250ms 10s 5m`; arrives as int64 nanoseconds */
#define TELLTALE_OPTION_SIZE 6     /* YAML `512MB`; arrives as int64 bytes */
#define TELLTALE_OPTION_SECTION                                                           \
  7 /* a map with the options in `children`; a plain value is the first one's, if that is \
     * a text with choices: `payload: csv` is `payload: {form: csv}` */

/* Flags of an option, or-ed. */
#define TELLTALE_OPTION_REQUIRED 1u   /* the user must give it; it has no default */
#define TELLTALE_OPTION_LIST 2u       /* a sequence of the type; a single value is accepted as a list of one */
#define TELLTALE_OPTION_SECRET 4u     /* never shown in the API, logs or backups */
#define TELLTALE_OPTION_DEPRECATED 8u /* accepted with a warning; `help` names the successor */
#define TELLTALE_OPTION_PATH 16u      /* a path on this machine: isolation lets the plugin open just what is named */

/* One option. All pointers live as long as the plugin is loaded. */
typedef struct telltale_option {
  telltale_str name;                      /* the YAML key: [a-z][a-z0-9_]* */
  telltale_str help;                      /* one sentence, in the user's words */
  telltale_str unit;                      /* of a number, or empty */
  telltale_str default_text;              /* as it would be written in YAML; empty: no default */
  double minimum;                         /* inclusive; ignored when minimum > maximum */
  double maximum;                         /* inclusive, in nanoseconds or bytes for durations and sizes */
  const telltale_str* choices;            /* the only texts allowed, or NULL */
  const struct telltale_option* children; /* of a section, or NULL */
  uint32_t choice_count;                  /* of choices */
  uint32_t child_count;                   /* of children */
  uint32_t type;                          /* TELLTALE_OPTION_BOOL .. TELLTALE_OPTION_SECTION */
  uint32_t flags;                         /* TELLTALE_OPTION_REQUIRED | ... */
} telltale_option;

/* Types of a value: what the host hands over. */
#define TELLTALE_VALUE_NULL 0    /* optional, without a default, and not given */
#define TELLTALE_VALUE_BOOL 1    /* in `integer`: 0 or 1 */
#define TELLTALE_VALUE_INT 2     /* in `integer`; durations in ns, sizes in bytes */
#define TELLTALE_VALUE_FLOAT 3   /* in `number` */
#define TELLTALE_VALUE_TEXT 4    /* in `text` */
#define TELLTALE_VALUE_LIST 5    /* `children`, each without a name */
#define TELLTALE_VALUE_SECTION 6 /* `children`, one per declared option, in the table's order */

/* A node of the finished tree. The host owns it; it is constant from create() until destroy() returns. */
typedef struct telltale_value {
  telltale_str name;                     /* key inside a section */
  telltale_str text;                     /* of a text */
  const struct telltale_value* children; /* of a list or a section */
  int64_t integer;                       /* of a bool or an int */
  double number;                         /* of a float; also set for integers */
  uint32_t child_count;                  /* of children */
  uint32_t type;                         /* TELLTALE_VALUE_NULL .. TELLTALE_VALUE_SECTION */
} telltale_value;

#ifdef __cplusplus
}
#endif

#endif
