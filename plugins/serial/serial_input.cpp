#include "plugins/serial/serial_input.h"

#include "plugins/serial/exchange/session.h"

namespace telltale::serial {

SerialInput::SerialInput(Host host) : host_(host), settings_(make_settings(host.options())) {
  const Reception check(host, settings_);  // what cannot be is said at the start, not when the port is there
}

void SerialInput::run(int stop_fd) { Session(host_, settings_, stop_fd).run(); }

}  // namespace telltale::serial
