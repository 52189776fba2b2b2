"""Readings through the pipeline alone, on one core."""
from processes import run_json
from report import Measure, Row, progress

TITLE = "ring -> registry, 5 windows -> journal -> live hub (one series wanted), on one core"
LIMIT = 2.0  # million readings a second


def measure(options) -> list[Row]:
    runs, readings = (2, 100_000) if options.quick else (9, 1_000_000)
    rows, commits = [], []
    for series in (100,) if options.quick else (100, 1000):
        for batch in (16, 1):
            progress(f"pipeline: {series} series, batches of {batch}")
            found = run_json("bench_pipeline", series, batch, runs, readings)
            name = f"{series:,} series, batches of {batch}"
            # One core's work is its CPU time; the wall's tells what the machine left of the core meanwhile.
            for clock, least in (("cpu", LIMIT), ("wall", None)):
                rates = [1e-6 / spent for spent in found[clock]]
                rows.append(Row(f"{name}, by {clock} time", Measure(rates, "M readings/s"), at_least=least))
            commits += [spent * 1e6 for spent in found["commit_cpu"]]
    rows.append(Row("besides, of the writer's thread: CPU of a commit", Measure(commits, "us/reading")))
    return rows
