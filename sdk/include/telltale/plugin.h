/* Telltale plugin ABI 1: what a plugin exports.
 *
 * A plugin is a shared library with one visible symbol, telltale_plugin_entry. An instance is one configured
 * input; it offers poll/1 (ext/poll.h) or stream/1 (ext/stream.h), and may offer write/1, probe/1 or sink/1.
 */
#ifndef TELLTALE_PLUGIN_H
#define TELLTALE_PLUGIN_H

#include <telltale/abi.h>
#include <telltale/host.h>
#include <telltale/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The plugin's own; the host only passes it back. */
typedef struct telltale_instance telltale_instance;

/* What a plugin needs beyond what every isolated one may do: read its own options, /proc, /sys, the system's
 * libraries and public settings; use threads, memory, timers and the host. Or-ed into telltale_plugin.needs. What is
 * not asked for is refused by the isolation, and the refusal is shown by name. */
#define TELLTALE_NEEDS_NETWORK 1u       /* IPv4 and IPv6 sockets, name resolution */
#define TELLTALE_NEEDS_DEVICES 2u       /* character devices below /dev: open, read, write, ioctl */
#define TELLTALE_NEEDS_PROCESSES 4u     /* fork and exec */
#define TELLTALE_NEEDS_LOCAL_SOCKETS 8u /* Unix sockets of other programs, netlink */

/* Description of a plugin: static, constant while the library is loaded. */
typedef struct telltale_plugin {
  uint32_t abi_major;             /* TELLTALE_ABI_MAJOR of the headers it was built with */
  uint32_t abi_minor;             /* TELLTALE_ABI_MINOR of the same */
  telltale_str name;              /* `modbus`: [a-z][a-z0-9_-]*, the word in `plugin:` of the configuration */
  telltale_str version;           /* its own, semantic versioning */
  telltale_str summary;           /* one sentence */
  const telltale_option* options; /* its table, or NULL */
  uint32_t option_count;          /* of options */
  uint32_t needs;                 /* TELLTALE_NEEDS_... or-ed; 0: nothing more */

  /* Makes an instance; must not wait for a device (that is the work of poll or run). `host` and its options
   * live until destroy returns. On failure *instance stays NULL and the last log line is shown to the user.
   * TELLTALE_OK, TELLTALE_E_CONFIG, TELLTALE_E_INTERNAL. [instance] */
  telltale_result (*create)(const telltale_host* host, telltale_instance** instance);

  /* Ends an instance that create made; after poll or run has returned. What the instance points to is no longer
   * valid then, and the host is not after it. [instance] */
  void (*destroy)(telltale_instance* instance);

  /* An interface of the plugin by id: TELLTALE_POLL_1 or TELLTALE_STREAM_1, and TELLTALE_WRITE_1,
   * TELLTALE_PROBE_1 or TELLTALE_SINK_1 where it has them; NULL when it has none of that id. The id is borrowed for
   * the call; the result lives as long as the library is loaded. [any] */
  const void* (*get_interface)(const char* interface_id);
} telltale_plugin;

/* The name of the one exported symbol. */
#define TELLTALE_ENTRY_SYMBOL "telltale_plugin_entry"

/* The type of the one exported symbol, for hosts. */
typedef const telltale_plugin* (*telltale_plugin_entry_fn)(uint32_t host_abi_major);

/* The one exported symbol: what the plugin is. host_abi_major is the host's TELLTALE_ABI_MAJOR. NULL: the plugin cannot
 * work with that host. The result lives as long as the library is loaded. [main] */
TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major);

#ifdef __cplusplus
}
#endif

#endif
