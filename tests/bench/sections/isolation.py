"""What a process of its own costs an input, and how fast it comes back."""
import os
import signal
import statistics
import time

from harness import wait_until
from processes import BenchDaemon, run_json
from report import Measure, Row, percentile, progress

TITLE = "an input in a process of its own beside the same one with `isolation: none`"
KINDS = ("process", "none")
# Crossings of 16 readings: one after the other as they come, and many in a row.
LOADS = {"one batch of 16 each ms": "every: 1ms, batch: 16", "125 batches of 16 each 10 ms": "every: 10ms, bursts: 125, batch: 16"}


def config(isolation: str, options: str, plugin: str = "stamp", count: int = 1) -> str:
    inputs = "".join(
        f"  - {{id: in{i}, plugin: {plugin}, isolation: {isolation}, options: {{{options}}}}}\n" for i in range(count)
    )
    return f"server: {{view: public}}\ninputs:\n{inputs}"


def cpu_per_reading(isolation: str, load: str, seconds: float) -> float:
    """Microseconds of everything: the plugin, the ring, the pipeline, the journal, the commits."""
    with BenchDaemon(config(isolation, f"{load}, series: 100")) as one:
        one.wait_for_plugins(1)
        wait_until("readings come", lambda: one.readings() > 0)
        readings, cpu = one.readings(), one.cpu()
        time.sleep(seconds)
        return (one.cpu() - cpu) / (one.readings() - readings) * 1e6


def memory(isolation: str, count: int) -> int:
    """Bytes, with `count` instances of the simulator's small plant after a few readings."""
    with BenchDaemon(config(isolation, "every: 100ms", "simulator", count)) as one:
        one.wait_for_plugins(count)
        wait_until("each has some readings", lambda: all(item["readings"] > 50 for item in one.get("/api/v1/inputs")))
        return one.pss()


def lateness(isolation: str, count: int) -> list[float]:
    """How late polls came, in µs after their deadline, as the plugin saw it."""
    with BenchDaemon(config(isolation, "", "lateness")) as one:
        one.wait_for_plugins(1)
        wait_until("it was polled often enough", lambda: one.readings() >= count, 60)
        return [late for _, late in one.raw("poll.lateness")]


def kill_each(count: int) -> tuple[list[float], list[float]]:
    """kill -9 for one process after the other: ms until its next reading, and the longest gap (ms) of those that were
    not killed meanwhile."""
    returns, gaps = [], []
    with BenchDaemon(config("process", "every: 1ms, batch: 1", count=count)) as one:
        one.wait_for_plugins(count)
        wait_until("all publish", lambda: len(one.latest("in*.s0")) == count)
        begin = time.clock_gettime(time.CLOCK_BOOTTIME) * 1e6
        killed = []
        for item in one.get("/api/v1/inputs"):
            killed.append((item["id"], time.clock_gettime(time.CLOCK_BOOTTIME) * 1e6))
            os.kill(item["pid"], signal.SIGKILL)
            wait_until("it is back", lambda: back(one, item["id"], item["pid"]), 20)  # noqa: B023
        for name, at in killed:
            times = sorted(value for _, value in one.raw(f"{name}.s0"))
            steps = [(later - before, later) for before, later in zip(times, times[1:], strict=False)]
            longest = max(step for step in steps if step[1] > at)
            returns.append((longest[1] - at) / 1e3)
            gaps.append(max(step for step, later in steps if later > begin and (step, later) != longest) / 1e3)
    return returns, gaps


def back(one: BenchDaemon, name: str, old_pid: int) -> bool:
    item = one.input(name)
    return item["pid"] not in (0, None, old_pid) and item["state"] == "running" and item["last_reading_at"] > item["started_at"]


def cpu_rows(quick: bool) -> list[Row]:
    rows = []
    for name, load in LOADS.items():
        spent = {kind: [] for kind in KINDS}
        for i in range(1 if quick else 5):
            progress(f"isolation: CPU, {name}, round {i + 1}")
            for kind in KINDS:
                spent[kind].append(cpu_per_reading(kind, load, 0.5 if quick else 2))
        more = [mine - theirs for mine, theirs in zip(spent["process"], spent["none"], strict=True)]
        rows += [
            Row(f"CPU, {name}", Measure(spent["process"], "us/reading"), Measure(spent["none"], "us/reading"), "in-process"),
            Row("  more than in-process", Measure(more, "us/reading"), at_most=1),
        ]
    return rows


def memory_rows(quick: bool) -> list[Row]:
    rows = []
    for count in (1, 8):
        more = []
        for i in range(1 if quick else 3):
            progress(f"isolation: memory of {count}, round {i + 1}")
            more.append((memory("process", count) - memory("none", count)) / count / 1e6)
        rows.append(Row(f"PSS an instance more than in-process, {count} of them", Measure(more, "MB"), at_most=4))
    return rows


def jitter_rows(quick: bool) -> list[Row]:
    count, found = 100 if quick else 500, {kind: [] for kind in (*KINDS, "bare")}
    for i in range(1 if quick else 4):
        progress(f"isolation: lateness of polls, round {i + 1}")
        found["bare"].append(run_json("bench_timer", 10_000, count))
        for kind in KINDS:
            found[kind].append(lateness(kind, count))
    rows = []
    for share in (0.5, 0.99):
        of = {kind: Measure([percentile(run, share) for run in runs], "us") for kind, runs in found.items()}
        rows += [
            Row(f"a poll each 10 ms comes late by, p{share * 100:.0f}", of["process"], of["bare"], "bare timer loop"),
            Row("  in-process", of["none"], of["bare"], "bare timer loop"),
        ]
    return rows


def restart_rows(quick: bool) -> list[Row]:
    returns, gaps = [], []
    for i in range(1 if quick else 3):
        progress(f"isolation: kill -9, round {i + 1}")
        ours, others = kill_each(3 if quick else 8)
        returns += ours
        gaps += others
    return [
        Row(f"kill -9 to the next reading, {len(returns)} times, p50", Measure([statistics.median(returns)], "ms"), at_most=100),
        Row("  the slowest", Measure([max(returns)], "ms"), at_most=100),
        Row("  longest gap of the inputs that were not killed", Measure([max(gaps)], "ms"), at_most=100),
    ]


def measure(options) -> list[Row]:
    parts = (cpu_rows, memory_rows, jitter_rows, restart_rows)
    return [row for part in parts for row in part(options.quick)]
