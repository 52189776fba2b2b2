"""What the whole stack takes of memory, and how soon its page is there."""
import contextlib
import shutil
import socket
import subprocess
import time

from processes import BenchDaemon, program, pss_bytes, run_json, scratch
from report import Measure, Row, progress
from sections.mqtt import broker

TITLE = "daemon and three isolated inputs: linux, mqtt, simulator"
# Of 1,000 readings a second 100 come from a broker; the machine's own sensors add theirs.
FROM_BROKER, SIMULATED = 100, 860
CONFIG = """
server: {{view: public}}
storage: {{raw: 3650d}}
inputs:
  - {{id: machine, plugin: linux}}
  - id: broker
    plugin: mqtt
    options: {{url: {url}, subscribe: [{{topic: "bench/+", payload: json, value: $.value}}]}}
  - id: plant
    plugin: simulator
    options: {{rate: {rate}, count: 100, waves: [{{name: load, shape: noise, amplitude: 10, decimals: 2}}]}}
"""
# Of series that were read each minute for a year, stored as they were committed, each hour.
YEAR = ("telltale", 20, 24 * 365, 60, 3_600)


def add_options(group) -> None:
    group.add_argument(
        "--soak", type=float, default=60, metavar="SECONDS", help="memory is measured after so long (60); windows are full after 420"
    )


@contextlib.contextmanager
def publisher(server, seconds: float):
    command = program("bench_mqtt_publish", "port", server.port, "rate", FROM_BROKER, "count", int(seconds * FROM_BROKER))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def memory(soak: float) -> dict[str, float]:
    """Bytes of each process, and how many readings a second there were meanwhile."""
    with broker() as server, BenchDaemon(CONFIG.format(url=server.url, rate=SIMULATED)) as one:
        one.wait_for_plugins(3)
        with publisher(server, soak + 60):
            time.sleep(soak / 2)
            before, start = one.readings(), time.monotonic()
            time.sleep(soak / 2)
            rate = (one.readings() - before) / (time.monotonic() - start)
            parts = {item["plugin"]: pss_bytes(item["pid"]) for item in one.get("/api/v1/inputs")}
            return {"rate": rate, "daemon": pss_bytes(one.process.pid), **parts}


def first_page(one: BenchDaemon) -> float:
    """ms from the start of the program to the last byte of the first page that it served."""
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\nConnection: close\r\n\r\n".encode()
    start = time.monotonic()
    one.spawn()
    while time.monotonic() < start + 20:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", one.port)) != 0:
                time.sleep(0.0005)
                continue
            probe.sendall(request)
            answer = b"".join(iter(lambda: probe.recv(65_536), b""))
            if answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"</html>"):
                return (time.monotonic() - start) * 1e3
    raise AssertionError(f"no page came:\n{one.log()}")


def starts(history, count: int) -> list[float]:
    found = []
    # Nobody answers there: a broker that is away must not hold the page back.
    one = BenchDaemon(CONFIG.format(url="mqtt://127.0.0.1:1", rate=SIMULATED))
    try:
        if history is not None:
            shutil.copytree(history, one.state_dir)
        for _ in range(count):
            found.append(first_page(one))
            one.stop()
    finally:
        one.clean_up()
    return found


def measure(options) -> list[Row]:
    soak, count = (2, 1) if options.quick else (options.soak, 9)
    progress(f"footprint: memory after {soak:g} s")
    found = memory(soak)
    rate = found.pop("rate")
    rows = [
        Row("readings/s meanwhile", Measure([rate])),
        Row(f"PSS of all four after {soak:g} s", Measure([sum(found.values()) / 1e6], "MB"), at_most=25),
        *(Row(f"  of {name}", Measure([size / 1e6], "MB")) for name, size in found.items()),
    ]
    progress("footprint: start")
    rows.append(Row("start to first page served, no history yet", Measure(starts(None, count), "ms"), at_most=200))
    kind, series, hours, step, commit = YEAR
    hours = 24 if options.quick else hours
    with scratch() as home:
        progress("footprint: making a year of history")
        made = run_json("bench_store", kind, home / "data", series, hours, 0, step, commit)
        progress("footprint: start with it")
        name = f"start to first page served, {made['readings'] / 1e6:.1f} M readings of {hours / 24:.0f} days"
        rows.append(Row(name, Measure(starts(home / "data/state", count), "ms"), at_most=200))
    return rows
