"""The modbus input against a real slave (pymodbus), over TCP and over a pair of pseudo-terminals, and against a hostile
one: torn, late, doubled, foreign and corrupt replies."""
import os
import socket
import time

import pytest
from harness import free_port, wait_until
from modbus_slaves import BAUD, Slave, Wire, content

POINTS = """
            - {name: scaled, holding: 100, type: int16, scale: 0.1, unit: °C}
            - {name: negative, holding: 101, type: int16}
            - {name: float.big, holding: 102, type: float32}
            - {name: float.swapped, holding: 104, type: float32, order: word_swap}
            - {name: nothing, holding: 106, type: int16, nan: 0x8000}
            - {name: bit, holding: 107, bit: 2}
            - {name: slice, holding: 107, bits: 12-15}
            - {name: double, holding: 110, type: float64}
            - {name: model, holding: 114, type: string, length: 4}
            - {name: input, input: 5}
            - {name: coil, coil: 1}
            - {name: discrete, discrete: 1}
"""
VALUES = {"scaled": 21.3, "negative": -200, "float.big": 12.5, "float.swapped": 12.5, "bit": "on", "slice": 10, "double": 12.5,
          "model": "SDM-12", "input": 305, "coil": "on", "discrete": "off"}


@pytest.fixture
def slave():
    """slave(*arguments): a started slave."""
    made: list[Slave] = []

    def make(*arguments) -> Slave:
        made.append(Slave(*map(str, arguments)).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()
        print(one.said()[-2000:])


@pytest.fixture
def wire():
    one = Wire().plug_in()
    yield one
    one.clean_up()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_value(one) -> None:
    wait_until("register 100 is there", lambda: one.latest("a").get("a", {}).get("value") == 213, 20)


def config(url: str, devices: str, more: str = "") -> str:
    return f"inputs:\n  - id: plc\n    plugin: modbus\n    options:\n      url: {url}\n{more}      devices:\n{devices}"


def check_values(one) -> None:
    wait_until("every value is there", lambda: len(one.latest("*")) >= len(VALUES) + 1, 20)
    latest = one.latest("*")
    assert {key: latest[key]["value"] for key in VALUES} == VALUES
    assert all(latest[key]["quality"] == "good" for key in VALUES)
    assert latest["nothing"]["quality"] == "bad"
    wait_until("it says that it is well", lambda: one.input("plc")["state"] == "running")


def test_reads_every_kind_of_value_over_tcp(daemon, slave):
    port = free_port()
    slave("pymodbus", "tcp", port)
    wait_until("the slave listens", lambda: listens(port))
    one = daemon(config(f"tcp://127.0.0.1:{port}", f"        - unit: 1\n          every: 200ms\n          points:{POINTS}")).start()
    check_values(one)


def test_reads_the_same_over_a_serial_line(daemon, slave, wire):
    slave("pymodbus", "rtu", wire.there)
    one = daemon(config(f"rtu://{wire.here}?baud={BAUD}", f"        - unit: 1\n          every: 200ms\n          points:{POINTS}")).start()
    check_values(one)


def test_a_serial_section_does_as_the_url(daemon, slave, wire):
    slave("pymodbus", "rtu", wire.there)
    text = config("none", "        - unit: 2\n          points: [{name: a, holding: 100}]\n")
    text = text.replace("      url: none\n", f"      serial: {{port: {wire.here}, baud: {BAUD}}}\n")
    one = daemon(text).start()
    wait_for_value(one)


@pytest.mark.parametrize("mode", ["rts_up", "rts_down"])
def test_the_direction_is_switched_by_rts(daemon, slave, wire, mode):
    slave("pymodbus", "rtu", wire.there)
    one = daemon(config(f"rtu://{wire.here}?baud={BAUD}&rs485={mode}", "        - {unit: 1, points: [{name: a, holding: 100}]}\n")).start()
    wait_for_value(one)  # a pair of pseudo-terminals has no RTS: that is as if the adapter switched by itself


def test_a_driver_that_cannot_switch_the_direction_is_named(daemon, wire):
    one = daemon(config(f"rtu://{wire.here}?baud={BAUD}&rs485=kernel", "        - {unit: 1, points: [{name: a, holding: 100}]}\n")).start()
    wait_until("it says so", lambda: "cannot switch the direction of RS-485" in one.input("plc")["reason"])
    assert one.stop() == 0


def test_learns_a_hole_and_reads_around_it(daemon, slave):
    port = free_port()
    slave("pymodbus", "tcp", port)
    wait_until("the slave listens", lambda: listens(port))
    points = "".join(f"            - {{name: r{address}, holding: {address}}}\n" for address in range(200, 240))
    one = daemon(config(f"tcp://127.0.0.1:{port}", f"        - unit: 1\n          every: 100ms\n          points:\n{points}")).start()
    wait_until("all but the hole are read", lambda: sum(row["quality"] == "good" for row in one.latest("r*").values()) == 39)
    assert one.latest("r220")["r220"]["quality"] == "bad"
    refused = one.input("plc")["counters"]["exceptions"]
    assert refused < 20
    count = len(one.raw("r201"))
    wait_until("it goes on", lambda: len(one.raw("r201")) > count + 5)
    assert one.input("plc")["counters"]["exceptions"] == refused, "what was learnt is remembered"


def test_starts_before_the_slave_and_outlives_it(daemon, slave):
    port = free_port()
    one = daemon(config(f"tcp://127.0.0.1:{port}", "        - unit: 1\n          every: 100ms\n          points: [{name: a, holding: 100}]\n")).start()
    wait_until("it says so", lambda: "is the device on" in one.input("plc")["reason"])
    first = slave("pymodbus", "tcp", port)
    wait_for_value(one)
    first.stop()
    wait_until("its value is bad", lambda: one.latest("a")["a"]["quality"] == "bad")
    slave("pymodbus", "tcp", port)
    wait_until("it is good again", lambda: one.latest("a")["a"]["quality"] == "good", 30)
    assert one.stop() == 0


def test_a_serial_adapter_is_unplugged_and_comes_back(daemon, slave, wire):
    slave("pymodbus", "rtu", wire.there)
    one = daemon(config(f"rtu://{wire.here}?baud={BAUD}", "        - unit: 1\n          every: 100ms\n          points: [{name: a, holding: 100}]\n")).start()
    wait_for_value(one)
    wire.unplug()
    wait_until("it says so", lambda: "is not there" in one.input("plc")["reason"])
    assert one.latest("a")["a"]["quality"] == "bad"
    wire.plug_in()
    slave("pymodbus", "rtu", wire.there)
    wait_until("it is good again", lambda: one.latest("a")["a"]["quality"] == "good", 30)


def test_a_dead_unit_is_named_and_leaves_the_others_alone(daemon, slave, wire):
    slave("pymodbus", "rtu", wire.there)
    devices = "".join(f"        - {{unit: {unit}, name: u{unit}, every: 100ms, points: [{{name: a, holding: 100}}]}}\n" for unit in (1, 2, 9))
    one = daemon(config(f"rtu://{wire.here}?baud={BAUD}", devices, "      timeout: 200ms\n")).start()
    wait_until("two units are good", lambda: sum(row["quality"] == "good" for row in one.latest("u*").values()) == 2)
    wait_until("the dead one is named", lambda: "unit 9" in one.input("plc")["reason"])
    assert one.latest("u9.a")["u9.a"]["quality"] == "bad"


def serials_and_contents(one, units, addresses):
    """Looks at every stored reading; how many there were."""
    seen = 0
    for unit in units:
        for address in addresses:
            # Bad readings have no value.
            even = one.raw(f"u{unit}.h{address}")
            wrong = {value for _, value in even if value not in (None, content(unit, address))}
            assert not wrong, f"unit {unit}, register {address} shows {wrong}"
            odd = [row for row in one.raw(f"u{unit}.h{address + 1}") if row[1] is not None]
            for (_, before), (_, after) in zip(odd, odd[1:], strict=False):
                assert 0 < (after - before) % 65536 < 32768, f"unit {unit}, register {address + 1} goes back: {before} to {after}"
            seen += len(odd)
    return seen


def exchanges_wanted() -> int:
    return 1_000_000 if os.environ.get("TELLTALE_LONG") else 100_000


@pytest.mark.parametrize("kind", ["tcp", "rtu", "rtu+tcp"])
def test_a_hostile_slave_makes_it_publish_nothing_wrong(daemon, slave, wire, kind):
    """As many exchanges as fit into the time, at most those that are wanted."""
    port = free_port()
    if kind == "rtu":
        slave("hostile", "rtu", wire.there, 1)
        url = f"rtu://{wire.here}?baud={BAUD}"
    elif kind == "tcp":
        slave("hostile", "tcp", port, 2)
        wait_until("the slave listens", lambda: listens(port))
        url = f"tcp://127.0.0.1:{port}"
    else:
        slave("hostile", "rtu", wire.there, 3)
        url = f"rtu+tcp://127.0.0.1:{port}"
        bridge = start_bridge(port, wire)
    units, addresses = range(1, 9), (100, 150, 300, 302)
    points = ", ".join(f"{{name: h{a}, holding: {a}}}" for address in addresses for a in (address, address + 1))
    devices = "".join(f"        - {{unit: {unit}, name: u{unit}, every: 5ms, points: [{points}]}}\n" for unit in units)
    one = daemon(config(url, devices, "      timeout: 40ms\n      byte_timeout: 20ms\n")).start()
    try:
        wait_until("it runs", lambda: one.input("plc")["counters"].get("requests", 0) > 100, 30)
        seconds = 3600 if os.environ.get("TELLTALE_LONG") else 25
        deadline = time.monotonic() + seconds
        while one.input("plc")["counters"]["requests"] < exchanges_wanted() / 3 and time.monotonic() < deadline:
            time.sleep(0.2)
        counters = one.input("plc")["counters"]
        print(kind, counters)
        seen = serials_and_contents(one, units, addresses)
        assert seen > 500
        assert counters.get("timeouts", 0) > 0 and counters.get("replies.late", 0) > 0
        assert kind == "tcp" or counters.get("checksum.wrong", 0) + counters.get("garbled", 0) > 0
        assert one.input("plc")["restarts"] == 0
    finally:
        if kind == "rtu+tcp":
            bridge.terminate()
            bridge.wait()


def start_bridge(port: int, wire: Wire):
    """A serial device server: what comes over TCP goes onto the line, and back."""
    import subprocess

    process = subprocess.Popen(["socat", f"tcp-listen:{port},bind=127.0.0.1,reuseaddr,fork,nodelay", f"file:{wire.here},raw,echo=0"])
    wait_until("socat listens", lambda: listens(port))
    return process
