#include "plugins/serial/serial_input.h"

using telltale::serial::SerialInput;
TELLTALE_PLUGIN(SerialInput)
