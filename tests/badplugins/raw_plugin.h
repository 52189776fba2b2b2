/* A plugin in plain C that keeps all rules, of which each bad one spoils a part. */
#ifndef RAW_PLUGIN_H
#define RAW_PLUGIN_H

#include <stddef.h>
#include <string.h>

#include <telltale/ext/poll.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

/* `static telltale_plugin plugin = RAW_PLUGIN("name", "What is wrong.");` */
#define RAW_PLUGIN(name, summary)                                                                              \
  {                                                                                                            \
    TELLTALE_ABI_MAJOR, TELLTALE_ABI_MINOR, TEXT(name), TEXT("1.0.0"), TEXT(summary), NULL, 0, 0, &raw_create, \
        &raw_destroy, &raw_get_interface                                                                       \
  }

static inline telltale_result raw_create(const telltale_host* host, telltale_instance** instance) {
  union {
    const telltale_host* host;
    telltale_instance* instance;
  } either = {host}; /* the host is something that is there until the end */
  *instance = either.instance;
  return TELLTALE_OK;
}
static inline void raw_destroy(telltale_instance* instance) { (void)instance; }
static inline int64_t raw_interval(telltale_instance* instance) {
  (void)instance;
  return 5000000;
}
static inline telltale_result raw_poll(telltale_instance* instance, int64_t deadline) {
  (void)instance;
  (void)deadline;
  return TELLTALE_OK;
}
static inline const void* raw_get_interface(const char* id) {
  static const telltale_poll_1 kPoll = {&raw_interval, &raw_poll};
  static const void* none; /* C and C++ spell a null pointer differently */
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : none;
}

#endif
