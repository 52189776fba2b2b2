"""Every plugin of tests/badplugins in the real daemon, beside one that does nothing wrong: each defect is named, and stays
where it is.

What counts as a gap elsewhere is taken from the witness's own times, stamped in its process. A busy machine delays
everybody, so a clock of the same rate runs in this process meanwhile: its worst delay is what the machine added.
"""
import os
import signal
import threading
import time

import pytest
from harness import BUILD, SLOWNESS, Daemon, wait_until

ZOO = BUILD / "tests/badplugins"
SANITIZED = SLOWNESS > 1
LONG = os.environ.get("TELLTALE_LONG") == "1"
EVERY_MS = 20
ALLOWED_GAP_MS = 100
WITNESS = f"  - {{id: witness, plugin: simulator, options: {{every: {EVERY_MS}ms, waves: [{{name: witness.sequence, shape: sequence}}]}}}}\n"


class ZooDaemon(Daemon):
    """A daemon that finds the bad plugins, too."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TELLTALE_PLUGIN_PATH": str(ZOO)}


@pytest.fixture
def zoo(request):
    made: list[ZooDaemon] = []

    def make(inputs: str) -> ZooDaemon:
        made.append(ZooDaemon("inputs:\n" + inputs))
        return made[-1]

    yield make
    for one in made:
        if getattr(request.node, "failed", False):
            print(f"--- log of the daemon in {one.home}:\n{one.log()[-20000:]}")
        one.clean_up()


class Noise:
    """How late this machine wakes a process that wants to run every EVERY_MS."""

    def __enter__(self) -> "Noise":
        self.worst_ms, self.end = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self

    def _run(self) -> None:
        last = time.monotonic()
        while not self.end.wait(EVERY_MS / 1000):
            now = time.monotonic()
            self.worst_ms = max(self.worst_ms, (now - last) * 1000 - EVERY_MS)
            last = now

    def __exit__(self, *_) -> None:
        self.end.set()
        self.thread.join()


def reading(one: Daemon, series: str):
    """The latest value of one series once it is there."""
    return wait_until(f"{series} is there", lambda: one.latest(series))[series]["value"]


def crash(one: Daemon, seconds: float = 20) -> dict:
    return wait_until("the crash is reported", lambda: one.input("bad").get("crash"), seconds)


def named_frames(one: Daemon) -> list[str]:
    """The backtrace once the names of functions have come."""
    crash(one)
    return wait_until("functions have names", lambda: any(" at " in frame for frame in crash(one)["backtrace"]) and crash(one)["backtrace"])


def ended(*causes: str, within: float = 20):
    def check(one: Daemon) -> None:
        report = crash(one, within)
        assert any(cause in report["cause"] for cause in causes), report
        assert report["count"] >= 1 and report["time"] > 0

    return check


def crashed(signal_name: str, in_the_plugin: bool = True):
    def check(one: Daemon) -> None:
        report = crash(one)
        if SANITIZED:
            return  # the sanitizer tells of the crash in its own way, and ends the process with a code of its own
        assert report["signal"] == signal_name and report["cause"].startswith(f"killed by {signal_name}"), report
        frames = named_frames(one)
        assert not in_the_plugin or any(f"{one.input('bad')['plugin']}.so+0x" in frame for frame in frames), frames

    return check


def refused(call: str, series: str | None = None, value: float | None = None):
    def check(one: Daemon) -> None:
        if series is not None:
            assert reading(one, series) == value
        if not (SANITIZED and call == "openat"):  # a sanitizer stands before open itself: refused, and not named
            wait_until(f"{call} is named", lambda: one.input("bad")["denied"].get(call))
            assert f"isolation refused {call}" in one.log()
        assert one.input("bad")["state"] in ("running", "backoff", "starting")

    return check


def bad_at_stop(*causes: str):
    def check(one: Daemon) -> None:
        wait_until("it runs", lambda: one.input("bad")["state"] == "running")
        before = one.input("bad")["pid"]
        assert one.request("POST", "/api/v1/inputs/bad/restart").status == 204
        wait_until("it runs again", lambda: one.input("bad")["pid"] not in (0, before) and one.input("bad")["state"] == "running")
        last_error = one.input("bad")["last_error"]
        assert any(cause in last_error for cause in causes), last_error

    return check


def floods(one: Daemon) -> None:
    wait_until("what finds no room is counted", lambda: one.input("bad")["dropped"] > 0)


def floods_log(one: Daemon) -> None:
    wait_until("lines are left out, and it is said", lambda: "left out" in one.log())


def nonsense(one: Daemon) -> None:
    wait_until("nonsense is counted", lambda: one.input("bad")["corrupt"] > 0 or one.get("/api/v1/status")["pipeline"]["rejected"] > 0)
    assert all(value is None or abs(value) < 1.8e308 for _, value in one.raw("bad.count"))


def refused_config(one: Daemon) -> None:
    wait_until("it is said", lambda: one.input("bad")["last_error"])


ANIMALS = {
    "crashes_in_create": crashed("SIGSEGV"),
    "crashes_in_poll": crashed("SIGSEGV"),
    "crashes_in_destroy": bad_at_stop("SIGSEGV", "exited with"),
    "aborts_in_poll": crashed("SIGABRT"),
    "exits_in_poll": ended("exited with 3"),
    "exits_well_in_poll": ended("exited with 0 without being asked"),
    "throws_in_poll": ended("poll: it threw something"),
    "garbage_result": ended("poll answered"),
    "returns_early": ended("run returned without being asked"),
    "hangs_in_poll": ended("hung: the plugin did not return", within=40),
    "deadlocks_at_stop": bad_at_stop("did not stop within"),
    "deaf_to_stop": bad_at_stop("did not stop within"),
    "smashes_stack": ended("killed by SIGABRT", "killed by SIGSEGV", "exited with"),
    "allocates_all_memory": ended("killed by SIGABRT", "exited with"),
    "scribbles_ring": ended("its ring made no sense"),
    "closes_host_descriptors": ended("exited with", "closed the channel", "killed by"),
    "leaks_descriptors": ended("poll", "exited with"),  # a sanitizer's last check finds no descriptor, either
    "reads_shadow": refused("openat", "bad.bytes", 0),
    "opens_socket": refused("socket", "bad.socket", -1),
    "forks": refused("clone"),
    "kills_others": refused("kill", "bad.reached", 0),
    "writes_outside": refused("openat", "bad.made", 0),
    "publishes_nonsense": nonsense,
    "floods_readings": floods,
    "floods_log": floods_log,
    "refuses_options": ended("the port and the pipe cannot both be set"),
}


@pytest.mark.parametrize("animal", ANIMALS)
def test_an_animal_is_named_and_contained(zoo, animal):
    if animal == "allocates_all_memory" and SANITIZED:
        pytest.skip("a sanitizer needs terabytes of address space: there is no limit to reach")
    if animal == "forks" and SANITIZED:
        pytest.skip("the sanitizer's leak check forks itself: forks are let through")
    one = zoo(f"  - {{id: bad, plugin: {animal}}}\n" + WITNESS).start()
    one.wait_for_series("witness.sequence")
    daemon_pid, witness_pid = one.process.pid, one.input("witness")["pid"]
    with Noise() as noise:
        ANIMALS[animal](one)
        count = one.input("witness")["readings"]
        wait_until("the witness goes on", lambda: one.input("witness")["readings"] >= count + 25)
    assert one.process.pid == daemon_pid and one.process.poll() is None
    assert one.input("witness")["pid"] == witness_pid and one.input("witness")["restarts"] == 0
    rows = one.raw("witness.sequence")
    assert [value for _, value in rows] == [float(number) for number in range(len(rows))], "the witness lost a reading"
    times = [time_ms for time_ms, _ in rows]
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    assert gap <= ALLOWED_GAP_MS * SLOWNESS + noise.worst_ms, f"a gap of {gap} ms; the machine alone: {noise.worst_ms:.0f} ms"
    assert one.stop(seconds=8) == 0


def test_what_a_user_grants_is_given(zoo):
    one = zoo(
        "  - {id: bad, plugin: opens_socket, allow: {network: true}}\n"
        "  - {id: other, plugin: reads_shadow, allow: {read: [/etc/shadow]}}\n"
    ).start()
    assert reading(one, "bad.socket") >= 0
    assert one.input("bad")["denied"] == {}
    if os.geteuid() == 0:
        assert reading(one, "other.bytes") > 0


def test_the_limits_of_the_configuration_hold(zoo):
    one = zoo("  - {id: bad, plugin: well_behaved, limits: {memory: 128MB, files: 64, processes: 8}}\n").start()
    pid = wait_until("it runs", lambda: one.input("bad")["state"] == "running" and one.input("bad")["pid"])
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        limits = {line[:26].strip(): line[26:].split()[:2] for line in file}
    assert limits["Max open files"] == ["64", "64"]
    assert limits["Max core file size"] == ["0", "0"]
    if not SANITIZED:
        assert limits["Max address space"] == ["128000000", "128000000"]
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0


def test_an_input_that_never_lives_long_is_given_up_and_says_so(zoo):
    one = zoo("  - {id: bad, plugin: crashes_in_create}\n")
    one.start()
    # Each restart on request counts anew: only those by itself count.
    wait_until("it gave up", lambda: one.input("bad")["state"] == "gave up", 120)
    status = one.input("bad")
    assert status["restarts"] == 10
    assert status["reason"].startswith("gave up, next try at ")
    assert 200_000 < status["retry_at"] - status["last_error_at"] < 400_000
    assert "gave up" in one.log()
    one.tool("input", "restart", "bad")
    wait_until("it was tried at once", lambda: one.input("bad")["crash"]["count"] == 11)


def test_a_changed_library_is_offered_and_taken_with_a_restart(zoo, tmp_path):
    library = tmp_path / "well_behaved.so"
    library.write_bytes((ZOO / "well_behaved.so").read_bytes())
    one = zoo("  - {id: bad, plugin: well_behaved}\n")
    one.environment = lambda: Daemon.environment(one) | {"TELLTALE_PLUGIN_PATH": str(tmp_path)}
    one.start()
    pid = wait_until("it runs", lambda: one.input("bad")["state"] == "running" and one.input("bad")["pid"])
    assert one.input("bad")["update_available"] is False
    younger = tmp_path / "younger"
    younger.write_bytes((ZOO / "well_behaved.so").read_bytes())
    younger.rename(library)
    wait_until("it is offered", lambda: one.input("bad")["update_available"])
    assert one.input("bad")["pid"] == pid, "nothing restarts by itself"
    one.tool("input", "restart", "bad")
    wait_until("it is taken", lambda: one.input("bad")["pid"] not in (0, pid) and not one.input("bad")["update_available"])


def test_the_list_of_inputs_shows_how_one_crashed(zoo):
    one = zoo("  - {id: bad, plugin: aborts_in_poll}\n").start()
    crash(one)
    shown = one.tool("input", "list").stdout
    assert "bad: " in shown
    if not SANITIZED:
        named_frames(one)
        shown = one.tool("input", "list").stdout
        assert "killed by SIGABRT" in shown and "aborts_in_poll.so+0x" in shown
        assert "the fifth poll is one too many" in shown


def runs_of(rows: list[list]) -> list[list[list]]:
    runs: list[list[list]] = []
    for row in rows:
        if row[1] == 0 or not runs:
            runs.append([])
        runs[-1].append(row)
    return runs


def test_crashes_under_load_lose_no_published_reading(zoo):
    """Each life publishes 0 to 4 and then overwrites its stack: a life of which one is missing is a loss."""
    crashes, at_once, in_a_row = (1_000 if LONG else 100), 20, 4
    inputs = [f"victim{number}" for number in range(at_once)]
    load = "  - {id: load, plugin: simulator, options: {rate: 1000, waves: [{name: load.sequence, shape: sequence}]}}\n"
    one = zoo("".join(f"  - {{id: {name}, plugin: smashes_stack}}\n" for name in inputs) + load).start()
    since_reset, resets = dict.fromkeys(inputs, 0), 0

    def enough_crashes() -> bool:
        nonlocal resets
        now = {item["id"]: item["restarts"] for item in one.get("/api/v1/inputs")}
        for name in inputs:
            if now[name] - since_reset[name] < in_a_row:
                continue
            # A restart on request begins the back-off anew: as after a healthy minute.
            assert one.request("POST", f"/api/v1/inputs/{name}/restart").status == 204
            since_reset[name], resets = now[name], resets + 1
        return sum(now[name] for name in inputs) >= crashes + at_once

    wait_until("so many crashed", enough_crashes, 60 + crashes / 5)
    assert one.stop(signal.SIGTERM, seconds=8) == 0
    one.config_path.write_text("inputs: []\n")
    one.start()
    counted, recoveries = 0, []
    for name in inputs:
        runs = runs_of(one.raw(f"{name}.count"))
        # The last one may have been stopped instead.
        for run in runs[:-1]:
            assert [value for _, value in run] in ([0, 1, 2, 3, 4], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]), run
        whole = [run for run in runs if len(run) == 5]
        counted += len(whole)
        recoveries += [later[0][0] - earlier[-1][0] for earlier, later in zip(runs, runs[1:])]
    assert counted >= crashes
    short = sum(len(run) < 5 for name in inputs for run in runs_of(one.raw(f"{name}.count"))[:-1])
    assert short <= resets, "more lives are short than were stopped on request"
    load_rows = [value for _, value in one.raw("load.sequence")]
    assert load_rows == [float(number) for number in range(len(load_rows))]
    recoveries.sort()
    p99 = recoveries[int(len(recoveries) * 0.99)]
    print(f"{counted} crashes, recovery median {recoveries[len(recoveries) // 2]} ms, p99 {p99} ms, worst {recoveries[-1]} ms")
    assert p99 <= 2_000 * SLOWNESS
