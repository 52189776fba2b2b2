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
SPEEDS = (19_200, 115_200)  # the protocol's own default, and the fastest that is common
BITS = 11  # of a character: the protocol's default is even parity
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
def line(baud: int, dead=()):
    """A serial line of that speed: its end for us, and the slave's count."""
    wire = modbus_slaves.Wire().plug_in()
    try:
        with slave("rtu", wire.there, baud, *dead) as said:
            yield f"rtu://{wire.here}?baud={baud}&parity=even", said
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


def saturated(baud: int, seconds: float) -> float:
    """Percent of the time in which bytes are on the line, which is asked for more than it can carry. From one request's
    arrival to another's, so that no request is counted in part."""
    with line(baud) as (url, said):
        seen = watched(config(url, [1, 2], "10ms", REGISTERS), said, 0.5, seconds)
        arrivals = seen["arrivals"]
        return seen["wire"] / seen["requests"] * (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) * 100


def most_of(baud: int) -> float:
    """Percent that the silence before each request leaves: 3.5 characters, above 19,200 baud 1.75 ms (MODBUS over serial
    line V1.02, 2.5.1.1)."""
    wire = (8 + 5 + 2 * REGISTERS) * BITS / baud
    return wire / (wire + (3.5 * BITS / baud if baud <= 19_200 else 1.75e-3)) * 100


def nine_units(dead: bool, seconds: float) -> dict:
    """What nine units answer on a full line, beside a tenth that does not, or is not there: from the first readings on, so
    that finding out that it is dead is part of what it costs."""
    with line(115_200, [10]) as (url, said):
        units = [*range(1, 10), *([10] if dead else [])]
        return watched(config(url, units, "10ms", 20, "      timeout: 100ms\n"), said, 0, seconds)


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
    tcp, lost, fewer, late, bare = [], [], [], [], []
    full = {baud: [] for baud in SPEEDS}
    for i in range(runs):
        progress(f"modbus: TCP, round {i + 1}")
        tcp.append(over_tcp(0.5 if quick else 3))
        progress(f"modbus: full lines, round {i + 1}")
        for baud, shares in full.items():
            shares.append(saturated(baud, 1 if quick else 10))
        progress(f"modbus: punctuality, round {i + 1}")
        late.append(lateness(50 if quick else 500))
        bare.append(run_json("bench_timer", 10_000, 50 if quick else 500))
    for i in range(runs):
        progress(f"modbus: a dead unit among ten, round {i + 1}")
        with_it, without = (nine_units(dead, 1 if quick else 45) for dead in (True, False))
        lost.append(with_it["lost"] / with_it["seconds"] * 100)
        fewer.append((1 - with_it["requests"] / with_it["seconds"] * without["seconds"] / without["requests"]) * 100)
    rows = [
        Row("Modbus TCP, registers a second", Measure([one["registers"] / one["seconds"] for one in tcp])),
        Row("  requests a second", Measure([one["requests"] / one["seconds"] for one in tcp])),
        Row("  CPU of all a register", Measure([one["cpu_us"] for one in tcp], "us")),
    ]
    for baud, shares in full.items():
        # Where the silence that the protocol demands leaves less than the limit, it is measured against what is left.
        most = most_of(baud)
        limit = {"at_least": 95} if most >= 97 else {"peer": Measure([most], "%"), "peer_name": "the protocol's silence leaves", "at_least": 0.95}
        rows.append(Row(f"a full line of {baud:,} baud: time on the wire", Measure(shares, "%"), **limit))
    return [
        *rows,
        Row("a dead unit among ten: bus time spent waiting for it", Measure(lost, "%"), at_most=2),
        Row("  requests that the nine others lose by it", Measure(fewer, "%")),
        *[Row(f"a poll each 10 ms comes late by, p{share * 100:.0f}", Measure([percentile(run, share) for run in late], "us"),
              Measure([percentile(run, share) for run in bare], "us"), "bare timer loop") for share in (0.5, 0.99)],
    ]  # fmt: skip
