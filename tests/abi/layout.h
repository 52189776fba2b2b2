/* Sizes, offsets and numbers of ABI 1. Included by a C and by a C++ file: both languages see the same. A change of a
 * line that is here is a new major number; new lines are welcome.
 */
#include <stddef.h>

#include <telltale/abi.h>
#include <telltale/ext/log.h>
#include <telltale/ext/poll.h>
#include <telltale/ext/probe.h>
#include <telltale/ext/sink.h>
#include <telltale/ext/stream.h>
#include <telltale/ext/write.h>
#include <telltale/host.h>
#include <telltale/options.h>
#include <telltale/plugin.h>

#ifdef __cplusplus
#define SAME(value, expected) static_assert((value) == (expected), #value)
#else
#define SAME(value, expected) _Static_assert((value) == (expected), #value)
#endif
#define SIZE(type, bytes) SAME(sizeof(type), bytes)
#define FIELD(type, field, offset) SAME(offsetof(type, field), offset)

SAME(TELLTALE_ABI_MAJOR, 1);

SAME(TELLTALE_OK, 0);
SAME(TELLTALE_FULL, 1);
SAME(TELLTALE_E_INVALID, -1);
SAME(TELLTALE_E_CONFIG, -2);
SAME(TELLTALE_E_IO, -3);
SAME(TELLTALE_E_LIMIT, -4);
SAME(TELLTALE_E_STOPPED, -5);
SAME(TELLTALE_E_INTERNAL, -6);
SAME(TELLTALE_LOG_ERROR, 3);
SAME(TELLTALE_LOG_WARNING, 4);
SAME(TELLTALE_LOG_NOTICE, 5);
SAME(TELLTALE_LOG_INFO, 6);
SAME(TELLTALE_LOG_DEBUG, 7);
SAME(TELLTALE_QUALITY_GOOD, 0);
SAME(TELLTALE_QUALITY_STALE, 1);
SAME(TELLTALE_QUALITY_UNCERTAIN, 2);
SAME(TELLTALE_QUALITY_BAD, 3);
SAME(TELLTALE_KIND_GAUGE, 0);
SAME(TELLTALE_KIND_COUNTER, 1);
SAME(TELLTALE_KIND_STATE, 2);
SAME(TELLTALE_KIND_EVENT, 3);
SAME(TELLTALE_READING_WALL_TIME, 1);
SAME(TELLTALE_HEALTH_CONNECTING, 0);
SAME(TELLTALE_HEALTH_OK, 1);
SAME(TELLTALE_HEALTH_FAILING, 2);
SAME(TELLTALE_OPTION_BOOL, 1);
SAME(TELLTALE_OPTION_INT, 2);
SAME(TELLTALE_OPTION_FLOAT, 3);
SAME(TELLTALE_OPTION_TEXT, 4);
SAME(TELLTALE_OPTION_DURATION, 5);
SAME(TELLTALE_OPTION_SIZE, 6);
SAME(TELLTALE_OPTION_SECTION, 7);
SAME(TELLTALE_OPTION_REQUIRED, 1);
SAME(TELLTALE_OPTION_LIST, 2);
SAME(TELLTALE_OPTION_SECRET, 4);
SAME(TELLTALE_OPTION_DEPRECATED, 8);
SAME(TELLTALE_OPTION_PATH, 16);
SAME(TELLTALE_NEEDS_NETWORK, 1);
SAME(TELLTALE_NEEDS_DEVICES, 2);
SAME(TELLTALE_NEEDS_PROCESSES, 4);
SAME(TELLTALE_NEEDS_LOCAL_SOCKETS, 8);
SAME(TELLTALE_VALUE_NULL, 0);
SAME(TELLTALE_VALUE_BOOL, 1);
SAME(TELLTALE_VALUE_INT, 2);
SAME(TELLTALE_VALUE_FLOAT, 3);
SAME(TELLTALE_VALUE_TEXT, 4);
SAME(TELLTALE_VALUE_LIST, 5);
SAME(TELLTALE_VALUE_SECTION, 6);

/* What crosses in shared memory: the same on every machine. */
SIZE(telltale_result, 4);
SIZE(telltale_reading, 24);
FIELD(telltale_reading, time, 0);
FIELD(telltale_reading, value, 8);
FIELD(telltale_reading, series, 16);
FIELD(telltale_reading, quality, 20);
FIELD(telltale_reading, flags, 22);

/* What has pointers: on 64-bit machines. */
#if UINTPTR_MAX == UINT64_MAX
SIZE(telltale_str, 16);
FIELD(telltale_str, data, 0);
FIELD(telltale_str, size, 8);

SIZE(telltale_label, 32);
FIELD(telltale_label, name, 0);
FIELD(telltale_label, value, 16);

SIZE(telltale_state_name, 24);
FIELD(telltale_state_name, name, 0);
FIELD(telltale_state_name, value, 16);

SIZE(telltale_series, 96);
FIELD(telltale_series, name, 0);
FIELD(telltale_series, unit, 16);
FIELD(telltale_series, title, 32);
FIELD(telltale_series, labels, 48);
FIELD(telltale_series, states, 56);
FIELD(telltale_series, minimum, 64);
FIELD(telltale_series, maximum, 72);
FIELD(telltale_series, label_count, 80);
FIELD(telltale_series, state_count, 84);
FIELD(telltale_series, kind, 88);
FIELD(telltale_series, decimals, 92);

SIZE(telltale_host, 96);
FIELD(telltale_host, context, 0);
FIELD(telltale_host, options, 8);
FIELD(telltale_host, id, 16);
FIELD(telltale_host, get_interface, 32);
FIELD(telltale_host, declare_series, 40);
FIELD(telltale_host, publish, 48);
FIELD(telltale_host, publish_text, 56);
FIELD(telltale_host, now, 64);
FIELD(telltale_host, log, 72);
FIELD(telltale_host, health, 80);
FIELD(telltale_host, count, 88);

SIZE(telltale_option, 112);
FIELD(telltale_option, name, 0);
FIELD(telltale_option, help, 16);
FIELD(telltale_option, unit, 32);
FIELD(telltale_option, default_text, 48);
FIELD(telltale_option, minimum, 64);
FIELD(telltale_option, maximum, 72);
FIELD(telltale_option, choices, 80);
FIELD(telltale_option, children, 88);
FIELD(telltale_option, choice_count, 96);
FIELD(telltale_option, child_count, 100);
FIELD(telltale_option, type, 104);
FIELD(telltale_option, flags, 108);

SIZE(telltale_value, 64);
FIELD(telltale_value, name, 0);
FIELD(telltale_value, text, 16);
FIELD(telltale_value, children, 32);
FIELD(telltale_value, integer, 40);
FIELD(telltale_value, number, 48);
FIELD(telltale_value, child_count, 56);
FIELD(telltale_value, type, 60);

SIZE(telltale_plugin, 96);
FIELD(telltale_plugin, abi_major, 0);
FIELD(telltale_plugin, abi_minor, 4);
FIELD(telltale_plugin, name, 8);
FIELD(telltale_plugin, version, 24);
FIELD(telltale_plugin, summary, 40);
FIELD(telltale_plugin, options, 56);
FIELD(telltale_plugin, option_count, 64);
FIELD(telltale_plugin, needs, 68);
FIELD(telltale_plugin, create, 72);
FIELD(telltale_plugin, destroy, 80);
FIELD(telltale_plugin, get_interface, 88);

SIZE(telltale_poll_1, 16);
FIELD(telltale_poll_1, interval, 0);
FIELD(telltale_poll_1, poll, 8);
SIZE(telltale_stream_1, 8);
FIELD(telltale_stream_1, run, 0);

SIZE(telltale_output, 48);
FIELD(telltale_output, name, 0);
FIELD(telltale_output, text, 16);
FIELD(telltale_output, value, 32);
FIELD(telltale_output, deadline, 40);
SIZE(telltale_write_1, 8);
FIELD(telltale_write_1, write, 0);

SIZE(telltale_finding, 56);
FIELD(telltale_finding, title, 0);
FIELD(telltale_finding, detail, 16);
FIELD(telltale_finding, options, 32);
FIELD(telltale_finding, confidence, 48);
FIELD(telltale_finding, reserved, 52);
SIZE(telltale_report, 24);
FIELD(telltale_report, context, 0);
FIELD(telltale_report, found, 8);
FIELD(telltale_report, progress, 16);
SIZE(telltale_probe_1, 24);
FIELD(telltale_probe_1, options, 0);
FIELD(telltale_probe_1, option_count, 8);
FIELD(telltale_probe_1, reserved, 12);
FIELD(telltale_probe_1, run, 16);

SIZE(telltale_outgoing, 48);
FIELD(telltale_outgoing, series, 0);
FIELD(telltale_outgoing, text, 8);
FIELD(telltale_outgoing, time, 24);
FIELD(telltale_outgoing, value, 32);
FIELD(telltale_outgoing, quality, 40);
FIELD(telltale_outgoing, reserved, 44);
SIZE(telltale_batch, 24);
FIELD(telltale_batch, readings, 0);
FIELD(telltale_batch, cursor, 8);
FIELD(telltale_batch, count, 16);
FIELD(telltale_batch, live, 20);
SIZE(telltale_sink_1, 8);
FIELD(telltale_sink_1, send, 0);

SIZE(telltale_log_field, 32);
FIELD(telltale_log_field, name, 0);
FIELD(telltale_log_field, value, 16);
SIZE(telltale_log_1, 8);
FIELD(telltale_log_1, write, 0);
#endif
