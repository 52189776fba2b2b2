"""What derived series and rules cost, beside what the readings cost by themselves."""
from processes import run_json
from report import Measure, Row, progress

TITLE = "1,000 rules over 10,000 readings/s of 1,000 series: a third each over values, windows and derived series"
LIMIT = 10  # % of a core


def measure(options) -> list[Row]:
    seconds, runs = (3, 1) if options.quick else (20, 5)
    progress("rules")
    found = run_json("bench_rules", 1000, 10_000, 1000, seconds, runs)
    more = [100 * (with_rules - without) for with_rules, without in zip(found["with"], found["without"], strict=True)]
    return [
        Row("CPU of the rules", Measure(more, "% of a core"), at_most=LIMIT),
        Row("besides: the readings without rules", Measure([100 * value for value in found["without"]], "% of a core")),
    ]
