"""Modbus: how many registers a second, how well a line is used, what a dead unit costs, how punctual polls are."""
import contextlib
import json
import pathlib
import subprocess
import sys
import time

import modbus_slaves
from harness import free_port, wait_until
from processes import BenchDaemon, run_json
from report import Measure, Row, percentile, progress

TITLE = "a modbus input and a slave that keeps count"
SLAVE = pathlib.Path(__file__).resolve().parents[1] / "modbus_slave.py"
BAUD = 115200
REGISTERS = 125  # of one request: as many as the protocol allows


@contextlib.contextmanager
def slave(*arguments):
    """A function that says what happened since it was last asked."""
    process = subprocess.Popen([sys.executable, SLAVE, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def said() -> dict:
        process.stdin.write("\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        assert process.stdout.readline() == "ready\n"
        yield said
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def config(url: str, units: list[int], every: str, registers: int, more: str = "") -> str:
    points = ", ".join(f"{{name: r{i}, holding: {i}}}" for i in range(registers))
    devices = "".join(f"        - {{unit: {unit}, name: u{unit}, every: {every}, points: [{points}]}}\n" for unit in units)
    return f"server: {{view: public}}\ninputs:\n  - id: bus\n    plugin: modbus\n    options:\n      url: {url}\n{more}      devices:\n{devices}"


@contextlib.contextmanager
def line(dead=()):
    """A serial line of that speed: its end for us, and the slave's count."""
    wire = modbus_slaves.Wire().plug_in()
    try:
        with slave("rtu", wire.there, BAUD, *dead) as said:
            yield f"rtu://{wire.here}?baud={BAUD}", said
    finally:
        wire.clean_up()


def watched(text: str, said, settle: float, seconds: float) -> dict:
    """What the slave saw of a daemon within so many seconds, after it had settled."""
    with BenchDaemon(text) as one:
        wait_until("readings come", lambda: one.readings() > 0, 30)
        time.sleep(settle)
        said()
        cpu, readings = one.cpu(), one.readings()
        time.sleep(seconds)
        seen = said()
        seen["cpu_us"] = (one.cpu() - cpu) / max(1, one.readings() - readings) * 1e6
        return seen


def over_tcp(seconds: float) -> dict:
    port = free_port()
    with slave("tcp", port) as said:
        return watched(config(f"tcp://127.0.0.1:{port}", [1, 2, 3, 4], "1ms", REGISTERS), said, 0.5, seconds)


def saturated(seconds: float) -> dict:
    with line() as (url, said):
        return watched(config(url, [1, 2], "10ms", REGISTERS), said, 0.5, seconds)


def nine_units(dead: bool, settle: float, seconds: float) -> float:
    """Requests a second that nine units answer, beside a tenth that does not, or is not there."""
    with line([10]) as (url, said):
        units = [*range(1, 10), *([10] if dead else [])]
        seen = watched(config(url, units, "10ms", 20, "      timeout: 100ms\n"), said, settle, seconds)
        return seen["requests"] / seen["seconds"]


def lateness(count: int) -> list[float]:
    """µs after the deadline that a request of 100 a second arrived; the most punctual one is taken as the deadline's."""
    period, port = 0.01, free_port()
    with slave("tcp", port) as said:
        arrivals = watched(config(f"tcp://127.0.0.1:{port}", [1], "10ms", 1), said, 0.2, count * period)["arrivals"]
    late = [(at - arrivals[0]) % period for at in arrivals]
    # Around the circle: the deadline is just before the largest gap's end.
    ordered = sorted(late)
    gaps = [(after - before, after) for before, after in zip(ordered, [*ordered[1:], ordered[0] + period], strict=True)]
    deadline = max(gaps)[1] % period
    return [(each - deadline) % period * 1e6 for each in late]


def measure(options) -> list[Row]:
    quick = options.quick
    runs = 1 if quick else 3
    tcp, rtu, loss, late, bare = [], [], [], [], []
    for i in range(runs):
        progress(f"modbus: TCP, round {i + 1}")
        tcp.append(over_tcp(0.5 if quick else 3))
        progress(f"modbus: a saturated line, round {i + 1}")
        rtu.append(saturated(1 if quick else 10))
        progress(f"modbus: punctuality, round {i + 1}")
        late.append(lateness(50 if quick else 500))
        bare.append(run_json("bench_timer", 10_000, 50 if quick else 500))
    for i in range(1 if quick else 2):
        progress(f"modbus: a dead unit among ten, round {i + 1}")
        settle, seconds = (0.5, 1) if quick else (15, 30)
        with_it, without = nine_units(True, settle, seconds), nine_units(False, 1, seconds)
        loss.append((1 - with_it / without) * 100)
    return [
        Row("Modbus TCP, registers a second", Measure([one["registers"] / one["seconds"] for one in tcp])),
        Row("  requests a second", Measure([one["requests"] / one["seconds"] for one in tcp])),
        Row("  CPU of all a register", Measure([one["cpu_us"] for one in tcp], "us")),
        Row(f"a saturated line of {BAUD} baud: time on the wire", Measure([one["wire"] / one["seconds"] * 100 for one in rtu], "%"), at_least=95),
        Row("bus time that a dead unit among ten takes from the others", Measure(loss, "%"), at_most=2),
        *[Row(f"a poll each 10 ms comes late by, p{share * 100:.0f}", Measure([percentile(run, share) for run in late], "us"),
              Measure([percentile(run, share) for run in bare], "us"), "bare timer loop") for share in (0.5, 0.99)],
    ]  # fmt: skip
