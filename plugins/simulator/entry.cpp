#include "plugins/simulator/simulator_input.h"

using telltale::simulator::SimulatorInput;
TELLTALE_PLUGIN(SimulatorInput)
