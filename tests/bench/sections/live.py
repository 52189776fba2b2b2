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
    "slow crowd": (1_000, 20, 2, 8),
    "crowd": (1_000, 20, 10, 8),
}
# The crowd's numbers, as they were promised.
LIMITS = {"one": (None, 1, None), "crowd": (20, None, 60)}  # ms p95, ms p99, % of a core


def add_options(group) -> None:
    group.add_argument("--crowd", action="store_true", help="1,000 viewers too, at 2 Hz and at 10 Hz")


def config(series: int, hertz: int) -> str:
    return f"""
server: {{view: public}}
inputs:
  - {{id: stamp, plugin: stamp, options: {{every: {1000 // hertz}ms, series: {series}, batch: {series}}}}}
"""


def watch(viewers: int, series: int, hertz: int, seconds: float) -> dict:
    """What the viewers saw, `share` of what was published in their time, and `core`: % that the daemon alone took."""
    with BenchDaemon(config(series, hertz)) as one:
        wait_until("it publishes", lambda: one.readings() > 0)
        command = program("bench_viewers", one.port, viewers, "stamp.*", 60, seconds)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout.readline() == "measuring\n", process.stderr.read()
                before = one.daemon_cpu()
                assert process.stdout.readline() == "measured\n", process.stderr.read()
                spent = one.daemon_cpu() - before
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
    return rows
