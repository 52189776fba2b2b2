"""From the broker's wire to the journal, beside a bare subscriber that only counts the same messages."""
import contextlib
import statistics
import time

import mosquitto
from harness import wait_until
from processes import BenchDaemon, Counter, helper, run_json, wait_for_rest
from report import Measure, Row, progress

TITLE = "mosquitto -> windows -> journal, beside a bare Paho subscriber that counts the same messages"
TOPICS = 100
PEER = "bare subscriber"
CPU_LIMIT, RATE_LIMIT = 1.25, 0.95  # times the peer's
LADDER = 1.12  # each try at a loss-free rate asks for that much more than the one before
# Commits belong to another section: what is measured ends in the journal.
CONFIG = """
server: {{view: public}}
storage: {{commit: 1h}}
inputs:
  - id: broker
    plugin: mqtt
    options:
      url: {url}
      subscribe: [{{topic: "bench/+", payload: json, value: $.value, name: "{{1}}"}}]
"""


@contextlib.contextmanager
def broker():
    one = mosquitto.Broker()
    try:
        one.start()
        yield one
    finally:
        one.clean_up()


@contextlib.contextmanager
def ours(server):
    with BenchDaemon(CONFIG.format(url=server.url)) as one:
        one.wait_for_plugins(1)
        yield one


@contextlib.contextmanager
def theirs(server):
    with helper("bench_mqtt_count", server.port, "bench/#") as process:
        yield Counter(process)


SUBJECTS = {"ours": ours, "theirs": theirs}


def publish(server, rate: int, count: int) -> dict:
    return run_json("bench_mqtt_publish", "port", server.port, "rate", rate, "count", count, "topics", TOPICS)


def load(server, subject, rate: int, seconds: float) -> dict:
    """What came of so much of it: readings, CPU seconds, and what was sent in how long."""
    readings, cpu = subject.readings(), subject.cpu()
    sent = publish(server, rate, int(rate * seconds))
    wait_for_rest(subject.cpu)
    cpu = subject.cpu() - cpu
    return sent | {"cpu": cpu, "arrived": subject.readings() - readings}


def warm_up(server, subject) -> None:
    """It is subscribed, every topic is known, every buffer has its size."""
    before = subject.readings()

    def arrived() -> bool:
        publish(server, 1_000, TOPICS)
        return subject.readings() - before >= TOPICS

    wait_until("messages arrive", arrived)
    wait_for_rest(subject.cpu)


def cpu_per_reading(server, kind: str, rate: int, seconds: float) -> float:
    with SUBJECTS[kind](server) as subject:
        warm_up(server, subject)
        found = load(server, subject, rate, seconds)
        assert found["arrived"] == found["sent"], f"{kind}: {found['arrived']} of {found['sent']} arrived at {rate}/s"
        return found["cpu"] / found["sent"] * 1e6


def arrives(server, subject, rate: int, seconds: float) -> float | None:
    """Messages a second from the first sent to the last arrived; None when some were lost. The broker holds back a
    publisher that it cannot keep up with, so this is at most what the broker takes."""
    readings, start = subject.readings(), time.monotonic()
    sent = publish(server, rate, int(rate * seconds))["sent"]
    arrived, last = 0, time.monotonic()
    while time.monotonic() < last + 1:
        now = subject.readings() - readings
        if now != arrived:
            arrived, last = now, time.monotonic()
        if arrived == sent:
            return sent / (last - start)
        time.sleep(0.02)
    return None


def loss_free_rate(server, kind: str, rate: float, seconds: float, tries: int) -> float:
    """The highest rate at which all arrived, asking for more each time. It ends when a second try in a row was no
    better: a single one may be this machine's, which has others to serve."""
    best, failed = 0.0, 0
    with SUBJECTS[kind](server) as subject:
        warm_up(server, subject)
        for _ in range(tries):
            reached = arrives(server, subject, int(rate), seconds)
            if reached is not None and reached > best:
                failed = 0 if reached > best * 1.02 else failed + 1
                best = reached
                rate *= LADDER
            else:
                failed += 1
            if failed == 2:
                break
    return best


def paired(runs: dict[str, list[float]]) -> list[float]:
    return [mine / other for mine, other in zip(runs["ours"], runs["theirs"], strict=True)]


def measure(options) -> list[Row]:
    rows = []
    with broker() as server:
        for rate in (1_000, 10_000, 30_000):
            runs = {kind: [] for kind in SUBJECTS}
            for i in range(1 if options.quick else 5):
                progress(f"mqtt: CPU at {rate:,}/s, round {i + 1}")
                for kind, found in runs.items():
                    found.append(cpu_per_reading(server, kind, rate, 0.3 if options.quick else 3))
            mine, other = (Measure(runs[kind], "us/reading") for kind in SUBJECTS)
            rows.append(Row(f"CPU at {rate:,} messages/s", mine, other, PEER, at_most=CPU_LIMIT, ratios=paired(runs)))
        runs = {kind: [] for kind in SUBJECTS}
        for i in range(1 if options.quick else 5):
            progress(f"mqtt: loss-free rate, round {i + 1}")
            for kind, found in runs.items():
                found.append(loss_free_rate(server, kind, 30_000, *((0.3, 2) if options.quick else (2, 30))) / 1e3)
    mine, other = (Measure(runs[kind], "k/s") for kind in SUBJECTS)
    rows.append(Row("loss-free rate", mine, other, PEER, at_least=RATE_LIMIT, ratios=paired(runs)))
    assert statistics.median(runs["theirs"]) > 0, "not even the bare subscriber got everything"
    return rows
