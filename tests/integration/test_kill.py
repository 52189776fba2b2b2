"""kill -9: of the daemon loses nothing that was published; of a plugin's process disturbs nobody else."""
import os
import signal
import time

import pytest
from harness import SLOWNESS, wait_until
from streams import EventStream

FAST = """
storage: {commit: 10s}
inputs:
  - id: fast
    plugin: simulator
    options: {rate: 1000, waves: [{name: fast.sequence, shape: sequence}]}
"""
TWO = """
inputs:
  - id: victim
    plugin: simulator
    options: {every: 20ms, waves: [{name: victim.sequence, shape: sequence}]}
  - id: witness
    plugin: simulator
    options: {every: 20ms, waves: [{name: witness.sequence, shape: sequence}]}
"""


def runs_of(values: list[float]) -> list[list[float]]:
    """Splits where the sequence begins anew: each process of the simulator counts from 0."""
    runs: list[list[float]] = []
    for value in values:
        if value == 0 or not runs:
            runs.append([])
        runs[-1].append(value)
    return runs


@pytest.mark.parametrize("seconds", [0.3, 2.0])
def test_killing_the_daemon_loses_no_published_reading(daemon, seconds):
    one = daemon(FAST).start()
    last_seen = -1
    with EventStream(one, "fast.sequence") as stream:
        until = time.monotonic() + seconds * SLOWNESS
        while time.monotonic() < until or last_seen < 100:
            last_seen = max(last_seen, max(value for _, _, value in stream.readings(1)))
        one.kill()
    one.start()
    wait_until("the simulator counts anew", lambda: [v for _, v in one.raw("fast.sequence")].count(0) >= 2)
    runs = runs_of([value for _, value in one.raw("fast.sequence")])
    assert len(runs) == 2
    for run in runs:
        assert run == [float(number) for number in range(len(run))], "a reading is missing or out of order"
    assert len(runs[0]) > last_seen, f"{last_seen} was shown to a viewer, and only {len(runs[0])} readings came back"


def test_killing_it_again_and_again_loses_nothing(daemon):
    one = daemon(FAST)
    shown = []
    for _ in range(5):
        one.start()
        # May be of the process before: what lay in its ring when it was killed comes after the start.
        newest = one.wait_for_series("fast.sequence")["fast.sequence"]
        shown.append((newest["time"], newest["value"]))
        one.kill()
    one.start()
    kept = one.raw("fast.sequence")
    assert set(shown) <= {tuple(row) for row in kept}, "a reading that was shown did not come back"
    # Series times are those of the readings: in order of time, each process's readings are a run from 0.
    runs = runs_of([value for _, value in kept])
    for run in runs:
        assert run == [float(number) for number in range(len(run))]
    assert one.stop() == 0


def test_killing_a_plugin_disturbs_nobody_else_and_it_is_back_within_a_second(daemon):
    one = daemon(TWO).start()
    one.wait_for_series("victim.sequence")
    one.wait_for_series("witness.sequence")
    victim = one.input("victim")["pid"]
    assert victim in one.plugin_pids()
    with EventStream(one, "*.sequence") as stream:
        stream.readings(20)
        killed_at = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        while not any(key == "victim.sequence" and value == 0 for key, _, value in stream.readings(1)):
            pass
        back_after = time.monotonic() - killed_at
        stream.readings(20)
    assert back_after <= 1.0 * SLOWNESS
    witness = [value for _, value in one.raw("witness.sequence")]
    assert witness == [float(number) for number in range(len(witness))], "the other input has a gap"
    status = one.input("victim")
    assert status["restarts"] == 1
    assert "SIGKILL" in status["last_error"]
    assert status["pid"] not in (0, victim)


def test_what_a_killed_plugin_had_published_is_kept(daemon):
    one = daemon(FAST).start()
    one.wait_for_series("fast.sequence")
    for _ in range(3):
        before = one.input("fast")
        os.kill(before["pid"], signal.SIGKILL)
        wait_until("it is back", lambda: one.input("fast")["pid"] not in (0, before["pid"]))  # noqa: B023
        count = one.input("fast")["readings"]
        wait_until("it publishes again", lambda: one.input("fast")["readings"] > count + 100)  # noqa: B023
    runs = runs_of([value for _, value in one.raw("fast.sequence")])
    assert len(runs) == 4
    for run in runs:
        assert run == [float(number) for number in range(len(run))]
