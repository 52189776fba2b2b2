"""Outputs are set through the API, where the configuration allows it, and read back: Modbus functions 5, 6, 15 and 16."""
import json

import pytest
from harness import free_port, wait_until
from modbus_slaves import Slave
from test_modbus import listens

POINTS = """
            - {name: coil, coil: 3, write: true}
            - {name: coils, coil: 5, write: true, write_multiple: true}
            - {name: setpoint, holding: 120, type: int16, scale: 0.1, minimum: -10, maximum: 40, write: true}
            - {name: one, holding: 122, write: true, write_multiple: true}
            - {name: wide, holding: 124, type: float32, order: word_swap, write: true}
            - {name: locked, holding: 130}
"""


@pytest.fixture
def plc(daemon):
    port = free_port()
    slave = Slave("pymodbus", "tcp", str(port)).start()
    try:
        wait_until("the slave listens", lambda: listens(port), 20)
        text = "inputs:\n" + "".join(
            f"  - id: {name}\n    plugin: modbus\n    writable: {writable}\n    isolation: {isolation}\n    options:\n"
            f"      url: tcp://127.0.0.1:{port}\n      devices:\n        - unit: 1\n          name: {name}\n          every: 100ms\n"
            f"          points:{POINTS}"
            for name, writable, isolation in (("plc", "true", "process"), ("inside", "true", "none"), ("shut", "false", "process"))
        )
        one = daemon(text).start()
        wait_until("all are read", lambda: len(one.latest("*.setpoint")) == 3, 20)
        one.slave = slave
        yield one
    finally:
        slave.stop()


def write(one, name: str, value, **more):
    place = name.split(".")[0]
    return one.request("POST", f"/api/v1/inputs/{place}/write", json.dumps({"name": name, "value": value} | more))


@pytest.mark.parametrize("place", ["plc", "inside"])
@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("coil", True, "on"), ("coils", 1, "on"), ("setpoint", -3.7, -3.7), ("one", 4711, 4711), ("wide", 1.5, 1.5)],
)
def test_an_output_is_set_and_read_back(plc, place, name, value, shown):
    answer = write(plc, f"{place}.{name}", value)
    assert answer.status == 204, answer.text
    wait_until("the series says so", lambda: plc.latest(f"{place}.{name}")[f"{place}.{name}"]["value"] == pytest.approx(shown) if shown != "on"
               else plc.latest(f"{place}.{name}")[f"{place}.{name}"]["value"] == "on")


def test_what_may_not_be_set_is_refused_and_says_why(plc):
    for name, value, status, word in [
        ("shut.coil", 0, 403, "writable: true"),
        ("plc.locked", 1, 400, "write: true"),
        ("plc.nothing", 1, 400, "is no output"),
        ("plc.setpoint", 99, 400, "does not fit"),
        ("plc.coil", 2, 400, "does not fit"),
    ]:
        answer = write(plc, name, value)
        assert (answer.status, word in answer.json["detail"]) == (status, True), answer.text
    assert plc.latest("shut.coil")["shut.coil"]["value"] == "on", "as the slave begins"


def test_a_device_that_is_gone_is_said(plc):
    plc.slave.stop()
    answer = write(plc, "plc.coil", True, timeout=3)
    assert answer.status == 502, answer.text
    assert "plc.coil was not set" in answer.json["detail"]
