/* Telltale plugin ABI 1: what the host offers an instance. */
#ifndef TELLTALE_HOST_H
#define TELLTALE_HOST_H

#include <telltale/abi.h>
#include <telltale/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A label of a series, `name="value"`. */
typedef struct telltale_label {
  telltale_str name;  /* [a-zA-Z_][a-zA-Z0-9_]* */
  telltale_str value; /* 0 .. 256 bytes, no control characters */
} telltale_label;

/* Name of one value of a state. */
typedef struct telltale_state_name {
  telltale_str name; /* as it is shown: `running` */
  int64_t value;     /* -32768 .. 32767 */
} telltale_state_name;

/* A named stream. Only `name` is required; all pointers are borrowed for the call. */
typedef struct telltale_series {
  telltale_str name;  /* dotted: `press7.oil.temperature`; 1 .. 256 bytes, no control characters, none of {}"@,=*? */
  telltale_str unit;  /* UCUM where it has one (`Cel` is written `°C`), else free text; or empty */
  telltale_str title; /* for people; or empty */
  const telltale_label* labels;      /* each name once; or NULL */
  const telltale_state_name* states; /* of a TELLTALE_KIND_STATE, or NULL */
  double minimum;                    /* display range; no hint when minimum >= maximum */
  double maximum;                    /* of the same range */
  uint32_t label_count;              /* 0 .. 16 */
  uint32_t state_count;              /* 0 .. 64 */
  uint32_t kind;                     /* TELLTALE_KIND_GAUGE .. TELLTALE_KIND_EVENT */
  int32_t decimals;                  /* to show, 0 .. 9; -1: no hint */
} telltale_series;

/* Flags of a reading, or-ed. */
#define TELLTALE_READING_WALL_TIME 1u /* `time` is ns since 1970-01-01 UTC (a source time), not the boot clock */

/* One measured value: 24 bytes. */
typedef struct telltale_reading {
  int64_t time;     /* ns on the boot clock (CLOCK_BOOTTIME) when measured; 0: the host stamps it now */
  double value;     /* finite, unless quality is bad */
  uint32_t series;  /* from declare_series */
  uint16_t quality; /* TELLTALE_QUALITY_GOOD .. TELLTALE_QUALITY_BAD */
  uint16_t flags;   /* TELLTALE_READING_WALL_TIME or 0 */
} telltale_reading;

/* Health of an input, as the user sees it. */
#define TELLTALE_HEALTH_CONNECTING 0 /* it looks for its device; no readings yet */
#define TELLTALE_HEALTH_OK 1         /* it is well; the reason is not shown */
#define TELLTALE_HEALTH_FAILING 2    /* something is wrong; it goes on trying */

typedef struct telltale_host telltale_host;

/* The host, as one instance sees it. Constant and valid from create() until destroy() returns. */
struct telltale_host {
  void* context;                 /* the host's own; pass the telltale_host back, never this */
  const telltale_value* options; /* a TELLTALE_VALUE_SECTION that follows the plugin's table */
  telltale_str id;               /* of the input in the configuration, `plc` */

  /* Another interface of the host by id, such as "telltale.example/1"; NULL when it has none of that id.
   * The id is borrowed for the call; the result lives as long as the host. [any] */
  const void* (*get_interface)(const telltale_host* host, const char* interface_id);

  /* Declares a series, or finds the one of the same name and labels declared before, and writes its number. All that
   * the series points to is copied.
   * TELLTALE_OK; TELLTALE_E_INVALID for a malformed name, label or kind; TELLTALE_E_LIMIT past 65,536
   * series of one instance or when its declarations exceed 16 MiB. [any] */
  telltale_result (*declare_series)(const telltale_host* host, const telltale_series* series, uint32_t* number);

  /* Publishes readings in order. They are copied into memory that outlives this process when the call returns.
   * TELLTALE_OK; TELLTALE_FULL when the ring had no room: none of this batch was taken, all are counted as
   * dropped; TELLTALE_E_INVALID for more than 4,096 readings or an undeclared number: none taken. [any] */
  telltale_result (*publish)(const telltale_host* host, const telltale_reading* readings, uint32_t count);

  /* Publishes the text of an event (or of a state whose names are not known beforehand: the host assigns
   * numbers). reading->value is ignored. The text is copied; longer than 4,096 bytes it is cut at a character.
   * TELLTALE_OK; TELLTALE_FULL; TELLTALE_E_INVALID for an undeclared number or a series of numbers. [any] */
  telltale_result (*publish_text)(const telltale_host* host, const telltale_reading* reading, telltale_str text);

  /* CLOCK_BOOTTIME in ns: it never steps, and counts suspended time. [any] */
  int64_t (*now)(const telltale_host* host);

  /* Writes a log line, copied, cut at 2,048 bytes; control characters are escaped; more than 20 lines a second of
   * one instance are counted and left out. [any] */
  void (*log)(const telltale_host* host, int32_t severity, telltale_str text);

  /* Says how the input is, TELLTALE_HEALTH_..., with the reason in words a user can act on,
   * copied, cut at 2,048 bytes. Until it is said, or a reading is published, or a poll has answered, the input is
   * shown as starting: say TELLTALE_HEALTH_OK when you are ready and have nothing to publish yet. [any] */
  void (*health)(const telltale_host* host, int32_t health, telltale_str reason);

  /* Adds to a counter that is shown with the input (`payload.rejected`); at most 64 names of 64 bytes,
   * copied; a further name is not counted. [any] */
  void (*count)(const telltale_host* host, telltale_str name, uint64_t amount);
};

#ifdef __cplusplus
}
#endif

#endif
