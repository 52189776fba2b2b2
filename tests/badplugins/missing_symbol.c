/* Needs a function that no library has. */
int telltale_function_that_nobody_has(void);

__attribute__((visibility("default"))) int telltale_plugin_entry(void);
int telltale_plugin_entry(void) { return telltale_function_that_nobody_has(); }
