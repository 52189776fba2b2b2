// Names the paths that Landlock keeps a plugin from: the kernel only answers EACCES. This program's open, openat,
// fopen and opendir stand in front of the C library's, for the plugin and for the libraries it brings; they call it,
// and look closer at an EACCES. It guards nothing: whoever goes around it meets Landlock all the same, only unnamed.
#pragma once

#include "daemon/host/report_area.h"

namespace telltale::hostproc {

// From now on refused paths are noted. [main]
void watch_opens(host::RefusedPaths& paths);

}  // namespace telltale::hostproc
