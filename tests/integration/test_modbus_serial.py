"""The modbus input against a slave written by others again: the npm package modbus-serial, over TCP and over a pair of
pseudo-terminals. Its packages are locked in modbus-serial/package-lock.json and installed by npm ci when they are missing."""
import contextlib
import fcntl
import json
import pathlib
import shutil
import subprocess

import pytest
from harness import SLOWNESS, free_port, wait_until
from modbus_slaves import BAUD, Wire

HERE = pathlib.Path(__file__).parent / "modbus-serial"
POINTS = """
            - {name: a, holding: 10, write: true}
            - {name: b, holding: 11, write: true, write_multiple: true}
            - {name: wide, holding: 12, type: uint32}
            - {name: input, input: 10}
            - {name: coil, coil: 3, write: true}
            - {name: coils, coil: 4, write: true, write_multiple: true}
            - {name: discrete, discrete: 3}
            - {name: nowhere, holding: 199, type: uint32}
"""


@pytest.fixture(scope="module")
def packages():
    """Installed once, whichever of several runs comes first."""
    assert shutil.which("node") and shutil.which("npm"), "node and npm are needed, as for the page"
    with (HERE / "package.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = HERE / "node_modules/.package-lock.json"
        if not mark.exists() or mark.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
            subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True, timeout=240 * SLOWNESS)
    return HERE


@contextlib.contextmanager
def slave(*arguments):
    process = subprocess.Popen(["node", HERE / "slave.mjs", *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("kind", ["tcp", "rtu"])
def test_reads_and_writes(daemon, packages, kind):
    with contextlib.ExitStack() as stack:
        if kind == "tcp":
            port = free_port()
            stack.enter_context(slave("tcp", port))
            url = f"tcp://127.0.0.1:{port}"
        else:
            wire = Wire().plug_in()
            stack.callback(wire.clean_up)
            stack.enter_context(slave("rtu", wire.there))
            url = f"rtu://{wire.here}?baud={BAUD}"
        devices = "".join(f"        - unit: {unit}\n          name: u{unit}\n          every: 200ms\n          points:{POINTS}" for unit in (1, 2))
        one = daemon(f"inputs:\n  - id: plc\n    plugin: modbus\n    writable: true\n    options:\n      url: {url}\n      devices:\n{devices}").start()
        for unit in (1, 2):
            first = unit * 1000
            wanted = {"a": first + 10, "b": first + 11, "wide": (first + 12) << 16 | first + 13, "input": first + 10 ^ 0xFFFF,
                      "coil": "on", "coils": "off", "discrete": "off"}
            wanted = {f"u{unit}.{name}": value for name, value in wanted.items()}
            wait_until(f"unit {unit} is read", lambda: wanted.items() <= {  # noqa: B023
                key: row["value"] for key, row in one.latest(f"u{unit}.*").items()}.items(), 20)  # noqa: B023
            wait_until("half of it is not there", lambda: one.latest(f"u{unit}.nowhere").get(  # noqa: B023
                f"u{unit}.nowhere", {}).get("quality") == "bad")  # noqa: B023
        for name, value, shown in (("u1.a", 7, 7), ("u2.b", 8, 8), ("u1.coil", 0, "off"), ("u2.coils", 1, "on")):
            answer = one.request("POST", "/api/v1/inputs/plc/write", json.dumps({"name": name, "value": value}))
            assert answer.status == 204, answer.text
            wait_until("the series says so", lambda: one.latest(name)[name]["value"] == shown)  # noqa: B023
        assert one.latest("u2.a")["u2.a"]["value"] == 2010, "the other unit was left alone"
        counters = one.input("plc")["counters"]
        assert counters.get("timeouts", 0) == 0 and counters.get("garbled", 0) == 0
