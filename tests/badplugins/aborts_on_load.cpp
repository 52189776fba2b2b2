// Aborts while it is loaded.
#include <cstdio>
#include <cstdlib>

static const bool kLoaded = [] {
  std::fputs("no licence found\n", stderr);
  std::abort();
  return true;
}();

extern "C" const bool* telltale_plugin_entry() { return &kLoaded; }
