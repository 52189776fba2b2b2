#include "daemon/host/next_function.h"

#include <dlfcn.h>

namespace telltale::host {

void* next_function(const char* name) { return ::dlsym(RTLD_NEXT, name); }

}  // namespace telltale::host
