"""What a section found, and how it is shown: each number beside its limit or its peer."""
import dataclasses
import statistics
import sys


def progress(text: str) -> None:
    """What is being done, for whoever waits; results go to stdout."""
    print(f"[bench] {text}", file=sys.stderr, flush=True)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


@dataclasses.dataclass(frozen=True)
class Measure:
    """One number, as often as it was measured."""

    runs: list[float]
    unit: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def text(self) -> str:
        if len(self.runs) == 1:
            return f"{number(self.median)} {self.unit}".rstrip()
        return f"{number(self.median)} {self.unit} ({number(min(self.runs))} - {number(max(self.runs))})".replace("  ", " ")


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of the table. A limit is for the measured value, or, where there is a peer, for the ratio to it."""

    what: str
    measured: Measure
    peer: Measure | None = None
    peer_name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    ratios: list[float] | None = None  # of pairs that were measured one after the other

    @property
    def ratio(self) -> float | None:
        if self.ratios:
            return statistics.median(self.ratios)
        if self.peer is not None:
            return self.measured.median / self.peer.median if self.peer.median else None
        limit = self.at_most if self.at_most is not None else self.at_least
        return self.measured.median / limit if limit else None

    @property
    def reached(self) -> bool | None:
        judged = self.ratio if self.peer is not None else self.measured.median
        if judged is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or judged <= self.at_most) and (self.at_least is None or judged >= self.at_least)

    def limit_text(self) -> str:
        bound = ""
        if self.at_most is not None:
            bound = f"<= {number(self.at_most)}"
        elif self.at_least is not None:
            bound = f">= {number(self.at_least)}"
        if self.peer is None:
            return f"{bound} {self.measured.unit}".strip() if bound else ""
        return f"{self.peer_name} {self.peer.text()}" + (f", {bound} x" if bound else "")

    def json(self) -> dict:
        return {
            "what": self.what,
            "unit": self.measured.unit,
            "median": self.measured.median,
            "runs": self.measured.runs,
            "peer": None if self.peer is None else {"name": self.peer_name, "median": self.peer.median, "runs": self.peer.runs},
            "at_most": self.at_most,
            "at_least": self.at_least,
            "ratio": self.ratio,
            "ratios": self.ratios,
            "reached": self.reached,
        }


def number(value: float) -> str:
    if value == 0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


HEAD = ("what", "measured: median (min - max)", "limit or peer", "ratio", "reached")


def table(title: str, rows: list[Row]) -> str:
    answers = {True: "yes", False: "NO", None: ""}
    cells = [HEAD]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}" if row.ratio >= 0.01 else f"{row.ratio:.1g}"
        cells.append((row.what, row.measured.text(), row.limit_text(), ratio, answers[row.reached]))
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([f"== {title}", *lines, ""])
