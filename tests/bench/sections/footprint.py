"""What the whole stack takes of memory, processor and disk, and how soon its page is there; with --peers beside Debian's
netdata and collectd."""
import contextlib
import shutil
import socket
import subprocess
import time

import stacks
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
# The machine's own sensors alone, as an installation has them at first.
IDLE = "server: {view: public}\ninputs: [{id: machine, plugin: linux}]\n"
# Its plugin that counts processes does not load without libmnl0, which Debian only recommends.
PEERS = (("netdata", ["netdata"], stacks.netdata), ("collectd", ["collectd", "libmnl0"], stacks.collectd))
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


def ours_at_work(config: str, seconds: float) -> dict[str, float]:
    with broker() as server, BenchDaemon(config.format(url=server.url, rate=SIMULATED) if "{url}" in config else config) as one:
        one.wait_for_plugins(config.count("plugin:"))
        with publisher(server, 2 * seconds + 60) if "{url}" in config else contextlib.nullcontext():
            time.sleep(seconds)
            return stacks.at_work(one.pids, seconds)


def peer_at_work(make, root, seconds: float, rate: int) -> dict[str, float]:
    with make(root) as stack:
        with stacks.statsd(stack.pids()[0], rate) if rate else contextlib.nullcontext():
            time.sleep(seconds)
            return stacks.at_work(stack.pids, seconds)


def peer_starts(make, root, count: int) -> list[float]:
    found = []
    for _ in range(count):
        with make(root) as stack:
            found.append(stack.started)
    return found


def packages() -> list:
    built = sorted((stacks.ROOT / "build/packages").glob("*.deb"))
    return [deb for deb in built if not deb.name.split("_")[0].endswith(("-dbgsym", "-dev"))]


UNITS = {"cpu": "% of a core", "wakeups": "/s", "pss": "MB"}
WORDS = {"cpu": "CPU", "wakeups": "wakeups", "pss": "PSS"}


def work_rows(options, seconds: float) -> list[Row]:
    """CPU, wakeups and memory, idle and at work, beside peers when they are wanted."""
    progress("footprint: CPU and wakeups")
    idle, busy = ours_at_work(IDLE, seconds), ours_at_work(CONFIG, seconds)
    rows = []
    peers = {}
    if options.peers:
        for name, names, make in PEERS:
            root, _, _ = stacks.installed(name, names)
            progress(f"footprint: {name}")
            peers[name] = (peer_at_work(make, root, seconds, 0), peer_at_work(make, root, seconds, 1_000))
    for at, ours, which in (("this machine's own sensors", idle, 0), ("1,000 readings/s", busy, 1)):
        for what, unit in UNITS.items():
            title = f"{WORDS[what]}, {at}"
            if not peers:
                rows.append(Row(title, Measure([ours[what]], unit)))
            for name, found in peers.items():
                rows.append(Row(title, Measure([ours[what]], unit), peer=Measure([found[which][what]], unit), peer_name=name))
    return rows


def peer_rows(start: list[float], count: int) -> list[Row]:
    rows = []
    ours = packages()
    sizes = stacks.installed("telltale", ours)[1:] if ours else None
    for name, names, make in PEERS:
        root, brought, more = stacks.installed(name, names)
        rows.append(Row("start until it answers", Measure(start, "ms"), peer=Measure(peer_starts(make, root, count), "ms"), peer_name=name))
        if sizes:
            for what, one, other in (("packages, with what they need", sizes[0], brought), ("more on a minimal Debian's disk", sizes[1], more)):
                rows.append(Row(what, Measure([one / 1e6], "MB"), peer=Measure([other / 1e6], "MB"), peer_name=name))
    return rows


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
    rows += work_rows(options, 2 if options.quick else 30)
    progress("footprint: start")
    first = starts(None, count)
    rows.append(Row("start to first page served, no history yet", Measure(first, "ms"), at_most=200))
    if options.peers:
        rows += peer_rows(first, 1 if options.quick else 5)
    kind, series, hours, step, commit = YEAR
    hours = 24 if options.quick else hours
    with scratch() as home:
        progress("footprint: making a year of history")
        made = run_json("bench_store", kind, home / "data", series, hours, 0, step, commit)
        progress("footprint: start with it")
        name = f"start to first page served, {made['readings'] / 1e6:.1f} M readings of {hours / 24:.0f} days"
        rows.append(Row(name, Measure(starts(home / "data/state", count), "ms"), at_most=200))
    return rows
