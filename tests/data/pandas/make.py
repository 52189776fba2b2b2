#!/usr/bin/env python3
"""Goldens of windows, buckets and exponential means, made by pandas: make.py [SERIES [SEED]] > golden.txt

Random irregular series; of each: sliding windows with every `closed`, a `min_periods` and a statistic chosen by chance,
buckets with `label`, `closed`, `origin` and a time zone around its changes of the clock, and exponentially weighted
means. Times are ns after the series' first second. Needs python3-pandas; the test that reads the file does not.
"""
import sys

import numpy as np
import pandas as pd

SECOND = 1_000_000_000
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
STATS = ("count", "sum", "mean", "min", "max", "first", "last", "delta", "std", *QUANTILES)
ORIGINS = ("epoch", "start_day", "start", "end", "end_day", "time")
# A few days before a change of the clock, of each zone.
STARTS = {
    "UTC": "2023-10-27",
    "Europe/Berlin": "2023-10-27",
    "America/New_York": "2024-03-08",
    "Australia/Lord_Howe": "2024-04-05",
    "Asia/Kathmandu": "2024-04-05",
    "America/St_Johns": "2024-11-01",
}


def shown(values) -> str:
    return " ".join("nan" if np.isnan(v) else format(float(v), ".12g") for v in values)


def picked(function):
    return lambda x: function(x) if len(x) else np.nan


def rolled(series: pd.Series, stat: str, length: int, closed: str, periods: int) -> pd.Series:
    window = series.rolling(pd.Timedelta(length, "ns"), closed=closed, min_periods=periods)
    if stat in QUANTILES:
        return window.quantile(QUANTILES[stat], interpolation="lower")
    special = {
        "first": lambda x: x[0],
        "last": lambda x: x[-1],
        "delta": lambda x: x[-1] - x[0],
        # rolling().std() takes its sums back and drifts; this is the same without.
        "std": lambda x: np.std(x, ddof=1) if len(x) > 1 else np.nan,
    }
    if stat in special:
        return window.apply(picked(special[stat]), raw=True)
    return getattr(window, stat)()


def resampled(series: pd.Series, stat: str, **how) -> pd.Series:
    buckets = series.resample(**how)
    counts = buckets.count()
    if stat in QUANTILES:
        found = buckets.quantile(QUANTILES[stat], interpolation="lower")
    elif stat == "delta":
        found = buckets.last() - buckets.first()
    else:
        found = getattr(buckets, stat)()
    return found[counts > 0]


def make(random: np.random.Generator, number: int) -> list[str]:
    zone = list(STARTS)[number % len(STARTS)]
    base = pd.Timestamp(STARTS[zone]).value
    count = int(random.integers(1, 24))
    gap = float(10 ** random.uniform(0, 4))
    steps = np.maximum(1, (random.exponential(gap, count) * SECOND).astype(np.int64))
    if random.random() < 0.3:
        steps = np.maximum(1, np.round(steps / SECOND)).astype(np.int64) * SECOND  # times that meet the windows' ends
    times = np.cumsum(steps)
    values = np.round(random.normal(0, 100, count) * 64) / 64 + float(random.choice([0, 0, 500, -3000]))
    if random.random() < 0.2:
        values[random.integers(0, count)] = float(random.choice([1e6, -1e6, 0]))
    index = pd.DatetimeIndex(pd.to_datetime(base + times, unit="ns", utc=True))
    series = pd.Series(values, index=index)
    out = [f"series {base} {zone}", "t " + " ".join(map(str, times)), "v " + shown(values)]
    for closed in ("right", "left", "both", "neither"):
        stat = str(random.choice(STATS))
        length = max(1, int(random.choice([1, 2, 5, 10])) * (SECOND if random.random() < 0.3 else int(gap * SECOND)))
        periods = int(random.choice([0, 1, 1, 2, 5]))
        out.append(f"rolling {closed} {stat} {periods} {length} " + shown(rolled(series, stat, length, closed, periods)))
    local = series.tz_convert(zone)
    for _ in range(2):
        days = random.random() < 0.4
        every = int(random.choice([1, 2, 3])) * 86_400 if days else int(random.choice([7, 60, 900, 3600, 5400, 10_800]))
        if not days:
            every = max(every, int(gap))  # pandas lists the empty buckets too
            every += every % 86_400 == 0
        origin = str(random.choice(ORIGINS))
        at = base + int(random.integers(-10**6, 10**6)) * SECOND
        closed, label = str(random.choice(["left", "right"])), str(random.choice(["left", "right"]))
        if days and closed == "right":
            every = 86_400  # of several days pandas moves the end of (begin, end] to the end of its day
        stat = str(random.choice(STATS))
        try:
            found = resampled(
                local,
                stat,
                rule=f"{every // 86_400}D" if days else f"{every}S",
                closed=closed,
                label=label,
                origin=pd.Timestamp(at, tz="UTC").tz_convert(zone) if origin == "time" else origin,
            )
        except Exception as error:  # pylint: disable=broad-except  # pandas stumbles over some doubled hours
            print(f"left out: {every} {closed} {label} {origin} {zone}: {error}", file=sys.stderr)
            continue
        pairs = " ".join(f"{t - base} {shown([v])}" for t, v in zip(found.index.asi8, found.values))
        out.append(f"resample {every} {closed} {label} {origin} {at} {stat} {pairs}")
    alpha = round(float(random.uniform(0.05, 1)), 3)
    for adjust in (True, False):
        out.append(f"ewm {alpha} {int(adjust)} " + shown(series.ewm(alpha=alpha, adjust=adjust).mean()))
    half = max(1, int(gap * SECOND * float(random.uniform(0.2, 5))))
    near = pd.to_datetime(times)  # pandas makes doubles of them: exact only near 1970
    decayed = series.ewm(halflife=pd.Timedelta(half, "ns"), times=near).mean()
    out.append(f"ewm_time {half} " + shown(decayed))
    return out


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 240
    random = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    for number in range(count):
        print("\n".join(make(random, number)))


if __name__ == "__main__":
    main()
