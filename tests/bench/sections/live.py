"""From a plugin's reading to the frame that a viewer read from its socket."""
import contextlib
import json
import subprocess

from harness import wait_until
from processes import BenchDaemon, program
from report import Measure, Row, percentile, progress

TITLE = "published by a plugin -> read from a viewer's socket"
# What each publishes goes in one batch, as a device that is polled does it.
SCENES = {  # viewers, series, Hz, seconds
    "one": (1, 1, 20, 15),
    "some": (100, 20, 10, 8),
    "quick": (100, 20, 60, 8),
    "slow crowd": (1_000, 20, 2, 8),
    "crowd": (1_000, 20, 10, 8),
}
FORMS = {"json": "JSON", "deflate": "JSON, permessage-deflate", "binary": "binary", "tls": "JSON over TLS"}
STALLED = 10
# The crowd's numbers, as they were promised.
LIMITS = {"one": (None, 1, None), "crowd": (20, None, 60)}  # ms p95, ms p99, % of a core


def add_options(group) -> None:
    group.add_argument("--crowd", action="store_true", help="1,000 viewers too, at 2 Hz and at 10 Hz")


def config(series: int, hertz: int, tls: str) -> str:
    return f"""
server: {{view: public, tls: {tls}}}
inputs:
  - {{id: stamp, plugin: stamp, options: {{every: {1000 // hertz}ms, series: {series}, batch: {series}}}}}
"""


def watch(viewers: int, series: int, hertz: int, seconds: float, form: str = "json", stalled: int = 0) -> dict:
    """What the viewers saw, `share` of what was published in their time, and `core`: % that the daemon alone took.
    `stalled` more read nothing meanwhile: `current` is how long the slowest took to be current again."""
    tls = form == "tls"
    with BenchDaemon(config(series, hertz, "auto" if tls else "off"), scheme="https" if tls else "http") as one:
        wait_until("it publishes", lambda: one.readings() > 0)
        command = program("bench_viewers", one.port, viewers, "stamp.*", 60, seconds, form, stalled)
        empty = one.pss()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout.readline() == "measuring\n", process.stderr.read()
                before = one.daemon_cpu()
                assert process.stdout.readline() == "measured\n", process.stderr.read()
                spent = one.daemon_cpu() - before
                held = one.pss() - empty
                found = json.loads(process.stdout.readline())
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        stamps = [value for i in range(series) for _, value in one.raw(f"stamp.s{i}")]
    due = viewers * sum(found["from_us"] <= stamp < found["to_us"] for stamp in stamps)
    latency = [value / 1e3 for value in found["latency_us"]]
    return {
        "share": found["rows"] / due * 100,
        "core": spent / seconds * 100,
        "gaps": found["gaps"],
        "cost": spent / found["rows"] * 1e6 if found["rows"] else 0,
        "bytes": found["bytes"] / found["rows"] if found["rows"] else 0,
        "memory": held / (viewers + stalled) / 1e3,
        "current": max(found["current_us"], default=0) / 1e3,
        **{f"p{share}": percentile(latency, share / 100) for share in (50, 95, 99)},
    }


def rows_of(name: str, scene: tuple, runs: list[dict], limits: tuple) -> list[Row]:
    viewers, series, hertz, _ = scene
    title = f"{viewers:,} viewer{'s' if viewers > 1 else ''} x {series} series x {hertz} Hz"
    p95, p99, core = limits

    def of(key: str, unit: str) -> Measure:
        return Measure([run[key] for run in runs], unit)

    return [
        Row(f"{title}: p50", of("p50", "ms")),
        Row("  p95", of("p95", "ms"), at_most=p95),
        Row("  p99", of("p99", "ms"), at_most=p99),
        Row("  delivered of what was published", of("share", "%"), at_least=100),
        Row("  the daemon's share of a core", of("core", "%"), at_most=core),
    ]


def forms(options) -> list[Row]:
    """The same scene in each form: bytes on the wire, and what they cost."""
    viewers, series, hertz, seconds = SCENES["some"]
    if options.quick:
        viewers, seconds = 10, 1
    runs: dict[str, list[dict]] = {form: [] for form in FORMS}
    for i in range(1 if options.quick else 3):
        for form, found in runs.items():  # in turn: what else the machine does meets all of them
            progress(f"live: {form}, round {i + 1}")
            found.append(watch(viewers, series, hertz, seconds, form))

    def of(form: str, key: str, unit: str) -> Measure:
        return Measure([run[key] for run in runs[form]], unit)

    rows = []
    for form, name in FORMS.items():
        peer = {} if form == "json" else {"peer_name": "JSON"}
        for what, key, unit in (("on the wire", "bytes", "bytes/reading"), ("  the daemon's CPU", "cost", "us/reading"),
                                ("  p99", "p99", "ms"), ("  memory", "memory", "kB/viewer")):
            title = f"{name}, {viewers} viewers x {series} series x {hertz} Hz: {what}" if key == "bytes" else what
            rows.append(Row(title, of(form, key, unit), peer=of("json", key, unit) if peer else None, **peer))
    return rows


def stalls(options) -> list[Row]:
    """What ten viewers that stop reading do to the others, and how they fare when they go on."""
    viewers, series, hertz, seconds = SCENES["quick"]
    if options.quick:
        viewers, seconds = 10, 1
    rounds = 1 if options.quick else 3
    without, beside = [], []
    for i in range(rounds):
        progress(f"live: {STALLED} stalled viewers, round {i + 1}")
        without.append(watch(viewers, series, hertz, seconds))
        beside.append(watch(viewers, series, hertz, seconds, stalled=STALLED))
    later = Measure([stalled["p99"] - alone["p99"] for stalled, alone in zip(beside, without)], "ms")
    return [
        Row(f"{viewers} viewers x {series} series x {hertz} Hz beside {STALLED} stalled: p99", Measure([run["p99"] for run in beside], "ms"),
            peer=Measure([run["p99"] for run in without], "ms"), peer_name="none stalled"),
        Row("  later than without them", later, at_most=1),
        Row("  delivered of what was published", Measure([run["share"] for run in beside], "%"), at_least=100),
        Row("  a stalled one reads again: it is current after", Measure([run["current"] for run in beside], "ms"), at_most=1_000),
        Row("  memory, all of them", Measure([run["memory"] for run in beside], "kB/viewer"), at_most=1_000),
    ]


def measure(options) -> list[Row]:
    rows = []
    for name, scene in SCENES.items():
        if "crowd" in name and not options.crowd:
            continue
        if options.quick:
            scene = (min(scene[0], 20), *scene[1:3], 1)
        runs = []
        for i in range(1 if options.quick else 3):
            progress(f"live: {scene[0]} viewers, round {i + 1}")
            runs.append(watch(*scene))
        rows += rows_of(name, scene, runs, LIMITS.get(name, (None, None, None)))
    return rows + forms(options) + stalls(options)
