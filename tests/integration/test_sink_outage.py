"""A long outage of a real server, with kills of both sides in it: nothing lost, nothing doubled, fresh readings first.

Two hours of a plant that measures once a second are 7,200 readings of each series. Here it measures ten times a second,
so they are 720 s: TELLTALE_LONG_OUTAGE=720, which docs/sinks.md has the numbers of. In the common run some seconds.
"""
import os
import threading
import time

import pytest
from harness import SLOWNESS, wait_until
from influxd import Influx
from sinks import sink
from victoria import Victoria

OUTAGE = float(os.environ.get("TELLTALE_LONG_OUTAGE", "3"))  # s
SPEED = 10
SERIES = 20
CONFIG = """
server: {write: loopback}
storage: {commit: 1s}
sinks:
  - id: central
    plugin: influx
    resend: 15s
    options: {url: "URL", database: t}
"""


@pytest.fixture(params=[Influx, Victoria], ids=["influxdb", "victoria-metrics"])
def server(request):
    one = request.param()
    one.start()
    yield one
    one.clean_up()


class Plant:
    """Measures each series SPEED times a second. Knows what was accepted, and when."""

    def __init__(self, daemon):
        self.daemon, self.over = daemon, threading.Event()
        self.accepted: dict[int, tuple[int, float]] = {}  # time in ms -> number, when on the monotonic clock
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        began = time.monotonic()
        for number in range(10_000_000):
            if self.over.wait(max(0.0, began + number / SPEED - time.monotonic())):
                return
            stamp = time.time_ns() // 1_000_000
            lines = "".join(f"plant.value,n={n} value={number + n} {1_000_000 * stamp}\n" for n in range(SERIES))
            while not self.over.is_set():
                try:
                    if self.daemon.request("POST", "/api/v1/write", lines).status == 204:
                        self.accepted[stamp] = (number, time.monotonic())
                        break
                except OSError:
                    time.sleep(0.02)

    def stop(self) -> None:
        self.over.set()
        self.thread.join()

    def expected(self) -> dict[tuple[str, int], list[float]]:
        return {(str(n), stamp): [number + n] for stamp, (number, _) in self.accepted.items() for n in range(SERIES)}


def test_an_outage_at_ten_times_the_speed(daemon, server):
    one = daemon(CONFIG.replace("URL", server.url)).start()
    plant = Plant(one)
    try:
        wait_until("readings arrive", lambda: sink(one)["sent"] > 3 * SERIES)
        server.kill()
        time.sleep(OUTAGE / 2)  # the outage itself
        one.kill()
        one.start()
        time.sleep(OUTAGE / 2)
        backlog = sink(one)["backlog"] / 1000
        assert backlog > 0.5 * OUTAGE
        server.start()
        back = time.monotonic()

        def fresh():
            found = server.all_values("plant.value")
            newest = max((stamp for _, stamp in found), default=0)
            return plant.accepted.get(newest, (0, 0.0))[1] >= back

        wait_until("fresh readings arrive", fresh, 5)
        after = time.monotonic() - back
        wait_until("the backlog is sent", lambda: sink(one)["backlog"] == 0, 360)
        drained = time.monotonic() - back
        # Both sides are killed in what is left of a second outage.
        server.kill()
        time.sleep(min(1.0, OUTAGE / 3))
        server.start()
        one.kill()
        one.start()
        server.kill()
        server.start()
        wait_until("readings arrive again", lambda: sink(one)["sent"] > 3 * SERIES)
    finally:
        plant.stop()
    wait_until("all is sent", lambda: sink(one)["backlog"] == 0 and sink(one)["waiting"] == 0, 60)
    expected = plant.expected()
    wait_until("all is there", lambda: server.all_values("plant.value").keys() >= expected.keys(), 20)
    found = server.all_values("plant.value")
    assert found == expected, f"{len(expected.keys() - found.keys())} lost, {len(found.keys() - expected.keys())} too many"
    state = sink(one)
    assert state["parked"] == 0 and state["lost_readings"] == 0
    rate = SPEED * backlog / drained  # seconds of a plant that measures once a second, in a second
    print(f"\n{len(expected)} readings; {backlog:.0f} s of backlog, {SPEED * backlog * SERIES:.0f} readings, gone in {drained:.1f} s")
    print(f"fresh readings {after:.2f} s after the server was back; drained at {rate:.0f} times real time")
    assert after < 1 * SLOWNESS
    assert rate >= 20 / SLOWNESS or drained < 3 * SLOWNESS, f"{backlog} s took {drained} s"
