/* A plugin as it was written for the first released ABI, 1.0: uses all that it offered, and must run for ever. */
#include <stdlib.h>
#include <string.h>

#include <telltale/ext/log.h>
#include <telltale/ext/poll.h>
#include <telltale/ext/write.h>

struct telltale_instance {
  const telltale_host* host;
  uint32_t level, total, mode, door;
  double polls;
};

static const telltale_value* option(const telltale_value* section, const char* name) {
  for (uint32_t i = 0; i < section->child_count; ++i) {
    const telltale_value* child = &section->children[i];
    if (child->name.size == strlen(name) && memcmp(child->name.data, name, strlen(name)) == 0) return child;
  }
  return NULL;
}

static telltale_result declare_all(telltale_instance* self) {
  const telltale_host* host = self->host;
  const telltale_label room = {TELLTALE_STR("room"), option(host->options, "room")->text};
  const telltale_state_name modes[] = {{TELLTALE_STR("off"), 0}, {TELLTALE_STR("on"), 1}};
  const telltale_series level = {.name = TELLTALE_STR("old.level"),
                                 .unit = TELLTALE_STR("m"),
                                 .title = TELLTALE_STR("Level"),
                                 .labels = &room,
                                 .label_count = 1,
                                 .minimum = 0,
                                 .maximum = 10,
                                 .decimals = 1};
  const telltale_series total = {.name = TELLTALE_STR("old.total"), .kind = TELLTALE_KIND_COUNTER, .decimals = -1};
  const telltale_series mode = {
      .name = TELLTALE_STR("old.mode"), .states = modes, .state_count = 2, .kind = TELLTALE_KIND_STATE, .decimals = -1};
  const telltale_series door = {.name = TELLTALE_STR("old.door"), .kind = TELLTALE_KIND_EVENT, .decimals = -1};
  if (host->declare_series(host, &level, &self->level) != TELLTALE_OK) return TELLTALE_E_CONFIG;
  if (host->declare_series(host, &total, &self->total) != TELLTALE_OK) return TELLTALE_E_CONFIG;
  if (host->declare_series(host, &mode, &self->mode) != TELLTALE_OK) return TELLTALE_E_CONFIG;
  return host->declare_series(host, &door, &self->door) == TELLTALE_OK ? TELLTALE_OK : TELLTALE_E_CONFIG;
}

static telltale_result create(const telltale_host* host, telltale_instance** instance) {
  telltale_instance* self = calloc(1, sizeof *self);
  if (self == NULL) return TELLTALE_E_INTERNAL;
  self->host = host;
  const telltale_result result = declare_all(self);
  if (result == TELLTALE_OK) {
    *instance = self;
  } else {
    free(self);
  }
  return result;
}
static void destroy(telltale_instance* self) { free(self); }

static int64_t interval(telltale_instance* self) { return option(self->host->options, "every")->integer; }

static void say_once(const telltale_host* host) {
  const telltale_log_1* log = (const telltale_log_1*)host->get_interface(host, TELLTALE_LOG_1);
  const telltale_log_field field = {TELLTALE_STR("abi"), TELLTALE_STR("1.0")};
  if (log != NULL) log->write(host, TELLTALE_LOG_NOTICE, (telltale_str)TELLTALE_STR("fields arrive"), &field, 1);
  host->log(host, TELLTALE_LOG_INFO, (telltale_str)TELLTALE_STR("lines arrive"));
  host->health(host, TELLTALE_HEALTH_OK, (telltale_str){0});
}

static telltale_result poll(telltale_instance* self, int64_t deadline) {
  const telltale_host* host = self->host;
  const double factor = option(option(host->options, "scale"), "factor")->number;
  const telltale_reading readings[] = {
      {deadline, self->polls * factor, self->level, TELLTALE_QUALITY_GOOD, 0},
      {host->now(host), self->polls, self->total, TELLTALE_QUALITY_UNCERTAIN, 0},
      {0, (double)((int)self->polls % 2), self->mode, TELLTALE_QUALITY_GOOD, 0},
  };
  const telltale_reading event = {.series = self->door};
  if (self->polls == 0) say_once(host);
  self->polls += 1;
  host->count(host, (telltale_str)TELLTALE_STR("polls"), 1);
  host->publish_text(host, &event, option(host->options, "room")->text);
  host->publish(host, readings, 3);
  return TELLTALE_OK;
}

static telltale_result set_output(telltale_instance* self, const telltale_output* output) {
  if (output->name.size != 9 || memcmp(output->name.data, "old.total", 9) != 0) return TELLTALE_E_INVALID;
  self->polls = output->value;
  return TELLTALE_OK;
}

static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll = {interval, poll};
  static const telltale_write_1 kWrite = {set_output};
  if (strcmp(id, TELLTALE_POLL_1) == 0) return &kPoll;
  return strcmp(id, TELLTALE_WRITE_1) == 0 ? &kWrite : NULL;
}

static const telltale_option kScale[] = {
    {.name = TELLTALE_STR("factor"),
     .help = TELLTALE_STR("A factor."),
     .default_text = TELLTALE_STR("0.5"),
     .minimum = 1,
     .type = TELLTALE_OPTION_FLOAT},
};
static const telltale_str kRooms[] = {TELLTALE_STR("hall"), TELLTALE_STR("cellar")};
static const telltale_option kOptions[] = {
    {.name = TELLTALE_STR("every"),
     .help = TELLTALE_STR("Time between readings."),
     .default_text = TELLTALE_STR("20ms"),
     .minimum = 1e6,
     .maximum = 1e9,
     .type = TELLTALE_OPTION_DURATION},
    {.name = TELLTALE_STR("room"),
     .help = TELLTALE_STR("Where it is."),
     .choices = kRooms,
     .choice_count = 2,
     .minimum = 1,
     .type = TELLTALE_OPTION_TEXT,
     .flags = TELLTALE_OPTION_REQUIRED},
    {.name = TELLTALE_STR("scale"),
     .help = TELLTALE_STR("A section."),
     .default_text = TELLTALE_STR("{}"),
     .children = kScale,
     .child_count = 1,
     .minimum = 1,
     .type = TELLTALE_OPTION_SECTION},
    {.name = TELLTALE_STR("key"),
     .help = TELLTALE_STR("A secret."),
     .minimum = 1,
     .type = TELLTALE_OPTION_TEXT,
     .flags = TELLTALE_OPTION_SECRET | TELLTALE_OPTION_LIST},
    {.name = TELLTALE_STR("file"),
     .help = TELLTALE_STR("A path."),
     .minimum = 1,
     .type = TELLTALE_OPTION_TEXT,
     .flags = TELLTALE_OPTION_PATH | TELLTALE_OPTION_DEPRECATED},
};
static const telltale_plugin kPlugin = {.abi_major = TELLTALE_ABI_MAJOR,
                                        .abi_minor = TELLTALE_ABI_MINOR,
                                        .name = TELLTALE_STR("old"),
                                        .version = TELLTALE_STR("1.0.0"),
                                        .summary = TELLTALE_STR("Built for ABI 1.0."),
                                        .options = kOptions,
                                        .option_count = sizeof kOptions / sizeof *kOptions,
                                        .needs = TELLTALE_NEEDS_NETWORK,
                                        .create = create,
                                        .destroy = destroy,
                                        .get_interface = get_interface};
const telltale_plugin* telltale_plugin_entry(uint32_t major) { return major == TELLTALE_ABI_MAJOR ? &kPlugin : NULL; }
