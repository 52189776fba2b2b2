"""From a serial line to the journal, beside a bare reader that only counts the same frames."""
import contextlib
import json
import subprocess
import time

from harness import wait_until
from processes import BenchDaemon, Counter, helper, program, wait_for_rest
from report import Measure, Row, progress

TITLE = "a scale on a pseudo-terminal -> windows -> journal, beside a bare reader that counts the same frames"
PEER = "bare reader"
FRAME = 14  # bytes: "W  123.45 kg" with CR and LF
FAST_LINE = 115_200 / 10 / FRAME  # frames a second of a line of 115,200 baud that never pauses, 8N1
CONFIG = r"""
server: {{view: public}}
storage: {{commit: 1h}}
inputs:
  - id: scale
    plugin: serial
    options: {{port: {tty}, baud: 115200, frame: line, payload: {{regex: 'W\s*(?<weight>[-\d.]+)\s*kg'}}, unit: kg}}
"""


class Line:
    """The far end."""

    def __init__(self):
        self.process = subprocess.Popen(program("bench_serial_send"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tty = self.process.stdout.readline().strip()

    def send(self, rate: float, count: int) -> dict:
        self.process.stdin.write(f"{int(rate)} {count}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@contextlib.contextmanager
def ours(line: Line):
    with BenchDaemon(CONFIG.format(tty=line.tty)) as one:
        yield one


@contextlib.contextmanager
def theirs(line: Line):
    with helper("bench_serial_count", line.tty) as process:
        yield Counter(process)


SUBJECTS = {"ours": ours, "theirs": theirs}


@contextlib.contextmanager
def subject(kind: str):
    """A line of its own, and who reads it: it is open, and every buffer has its size."""
    line = Line()
    try:
        with SUBJECTS[kind](line) as reader:
            before = reader.readings()

            def arrived() -> bool:
                line.send(0, 10)
                return reader.readings() - before >= 100

            wait_until("frames arrive", arrived, 30)
            wait_for_rest(reader.cpu)
            yield line, reader
    finally:
        line.close()


def cpu_per_frame(kind: str, rate: float, seconds: float) -> float:
    with subject(kind) as (line, reader):
        frames, cpu = reader.readings(), reader.cpu()
        sent = line.send(rate, int(rate * seconds))["sent"]
        wait_for_rest(reader.cpu)
        cpu = reader.cpu() - cpu
        arrived = reader.readings() - frames
        assert arrived == sent, f"{kind}: {arrived} of {sent} frames arrived at {rate:.0f}/s"
        return cpu / sent * 1e6


def most(kind: str, count: int) -> float:
    """Frames a second from the first sent to the last arrived. The line holds the far end back, as flow control would: none is lost."""
    with subject(kind) as (line, reader):
        frames, start = reader.readings(), time.monotonic()
        line.send(0, count)
        wait_until("the last one is there", lambda: reader.readings() - frames >= count, 60)
        return count / (time.monotonic() - start)


def measure(options) -> list[Row]:
    rows = []
    rounds = 1 if options.quick else 5
    for what, rate in ((f"a full line of 115,200 baud, {FAST_LINE:,.0f}", FAST_LINE), ("10,000", 10_000)):
        runs = {kind: [] for kind in SUBJECTS}
        for i in range(rounds):
            progress(f"serial: CPU at {rate:,.0f} frames/s, round {i + 1}")
            for kind, found in runs.items():
                found.append(cpu_per_frame(kind, rate, 0.3 if options.quick else 5))
        mine, other = (Measure(runs[kind], "us/frame") for kind in SUBJECTS)
        rows.append(Row(f"CPU at {what} frames/s", mine, other, PEER))
        if rate == FAST_LINE:
            rows.append(Row("  of one core", Measure([each * rate / 1e4 for each in runs["ours"]], "%")))
    runs = {kind: [] for kind in SUBJECTS}
    for i in range(rounds):
        progress(f"serial: as fast as it is read, round {i + 1}")
        for kind, found in runs.items():
            found.append(most(kind, 2_000 if options.quick else 200_000) / 1e3)
    mine, other = (Measure(runs[kind], "k/s") for kind in SUBJECTS)
    rows.append(Row("frames as fast as they are read", mine, other, PEER))
    return rows
