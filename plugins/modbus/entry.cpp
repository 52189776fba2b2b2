#include "plugins/modbus/modbus_input.h"

using telltale::modbus::ModbusInput;
TELLTALE_PLUGIN(ModbusInput)
