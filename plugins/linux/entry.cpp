#include "plugins/linux/linux_input.h"

using telltale::linux_input::LinuxInput;
TELLTALE_PLUGIN(LinuxInput)
