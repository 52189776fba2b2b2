"""Bytes on disk and bytes written, and views as wide as a screen."""
import pathlib

import corpora
from device import loop_device
from processes import run_json, scratch
from report import Measure, Row, percentile, progress

TITLE = "100 generated series at 1 Hz over simulated hours, committed every 10 s"
SERIES = 100
PEERS = {"appended": "rows appended", "keyed": "rows keyed"}


def run(kind: str, hours: float, queries: int, commit: int = 10) -> dict:
    with scratch() as home:
        return run_json("bench_store", kind, home / "data", SERIES, hours, queries, 1, commit)


def per_reading(found: list[dict], what: str) -> Measure:
    return Measure([one[what] / one["readings"] for one in found], "bytes/reading")


def disk_rows(found: dict[str, list[dict]]) -> list[Row]:
    kept, written = ({kind: per_reading(runs, what) for kind, runs in found.items()} for what in ("bytes", "written"))
    rows = [Row("kept on disk, everything", kept["telltale"], kept[kind], name) for kind, name in PEERS.items()]
    rows.append(Row("written, as the store counts it", per_reading(found["telltale"], "counted"), at_most=7))
    # A file system in memory, or a kernel that does not count, says nothing.
    if all(one["written"] > 0 for runs in found.values() for one in runs):
        rows.append(Row("written to the block device, as the kernel counts it", written["telltale"], at_most=7))
        rows += [Row("  beside plain SQLite", written["telltale"], written[kind], name) for kind, name in PEERS.items()]
    return rows


def rare_commit_row(hours: float) -> Row:
    progress("store: a commit a minute")
    written = per_reading([run("telltale", hours, 0, 60)], "counted")
    return Row("written, as the store counts it, committed every 60 s", written, at_most=3)


def device_rows(hours: float) -> list[Row]:
    """A day by default: what the first minutes cost more is in it."""
    rows = []
    for commit, at_most in ((10, 7), (60, 3)):
        progress(f"store: written to a device of its own, a commit every {commit} s")
        with loop_device(512) as device:
            if device is None:
                return []
            before = device.written()
            found = run_json("bench_store", "telltale", device.mounted / "data", SERIES, hours, 0, 1, commit, seconds=900)
            written = Measure([(device.written() - before) / found["readings"]], "bytes/reading")
        what = f"written to a device of its own, the file system's journal too, committed every {commit} s"
        rows.append(Row(what, written, at_most=at_most))
    return rows


def view_rows(readings: float) -> list[Row]:
    """Of a history with so many readings: any view, and the start."""
    hours = readings / SERIES / 3600
    progress(f"store: a history of {readings:,.0f} readings is made (some 20 minutes for a billion)")
    with scratch() as home:
        run_json("bench_store", "telltale", home / "data", SERIES, hours, 0, 1, 60, seconds=7200)
        progress("store: views of it")
        found = run_json("bench_views", home / "data", SERIES, hours, 2000, 100, seconds=1200)
    warm, cold = ([value / 1e3 for value in found[name]] for name in ("warm_us", "cold_us"))
    name = f"a view of {found['samples']:,} readings"
    return [
        Row(f"{name}, warm, p50", Measure([percentile(warm, 0.5)], "ms")),
        Row("  p99", Measure([percentile(warm, 0.99)], "ms"), at_most=5),
        Row("  nothing of the file in memory, p99", Measure([percentile(cold, 0.99)], "ms"), at_most=100),
        Row("  opening it, nothing of it in memory", Measure([found["open_us"][0] / 1e3], "ms"), at_most=200),
        Row("  memory of it all", Measure([found["memory"] / 1e6], "MB"), at_most=10),
    ]


def add_options(group) -> None:
    group.add_argument("--corpora", type=pathlib.Path, metavar="DIR", help="real readings too: *.lp.gz, `NAME,series=S value=V NS`")
    group.add_argument("--peers", action="store_true", help="VictoriaMetrics and InfluxDB too, where they are installed; for footprint: Debian's netdata and collectd, in roots of their own")
    group.add_argument("--history", type=float, default=1e7, metavar="N", help="readings of the history that is viewed: 1e9")


def query_rows(found: dict[str, list[dict]], readings: int) -> list[Row]:
    rows = []
    for share in (0.5, 0.99):
        ours, theirs = (
            Measure([percentile(one["query_us"], share) / 1e3 for one in found[kind]], "ms") for kind in ("telltale", "keyed")
        )
        name = f"1,920 points of {readings:,}, warm, p{share * 100:.0f}"
        if share == 0.99:
            rows.append(Row(name, ours, at_most=5))
        rows.append(Row(name, ours, theirs, "rows keyed"))
    return rows


def codec_rows(seconds: int, runs: int) -> list[Row]:
    progress(f"store: blocks of {seconds} s")
    found = run_json("bench_codec", SERIES, seconds, runs)
    rows = []
    for what, peer in (("encode", "insert"), ("decode", "select")):
        mine, other = (Measure(found[one], "ns/reading") for one in (what, peer))
        rows.append(Row(f"CPU to {what} a block of {seconds:,} s", mine, other, f"{peer} in memory"))
    return [*rows, Row("  its bytes", Measure([found["bytes"]], "bytes/reading"))]


def measure(options) -> list[Row]:
    hours, queries, runs = (0.02, 20, 1) if options.quick else (2, 500, 3)
    found = {kind: [] for kind in ("telltale", *PEERS)}
    for i in range(runs):
        for kind, outcomes in found.items():
            progress(f"store: {kind}, round {i + 1}")
            outcomes.append(run(kind, hours, queries))
    codec = [row for seconds in (10, 3_600) for row in codec_rows(seconds, 2 if options.quick else 9)]
    rows = [*disk_rows(found), rare_commit_row(hours), *device_rows(0.1 if options.quick else 24)]
    views = view_rows(1e5 if options.quick else options.history)
    return [*rows, *query_rows(found, int(hours * 3600)), *views, *codec, *corpora.measure(options)]
