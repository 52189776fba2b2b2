"""Starting and stopping: with nothing at hand, with wrong usage, by signals."""
import signal
import subprocess

import pytest
from harness import TELLTALED, free_port, wait_until

SIMULATOR = """
inputs:
  - id: sim
    plugin: simulator
    options: {every: 20ms, waves: [{name: sim.sequence, shape: sequence}]}
"""


def test_without_a_configuration_the_machines_own_sensors_move(daemon):
    one = daemon().start()
    wait_until("CPU and memory are there", lambda: any("cpu" in key for key in one.latest("*")))
    first = one.wait_for_series("*")
    wait_until("they move", lambda: any(row["time"] > first[key]["time"] for key, row in one.latest("*").items() if key in first))
    assert [item["plugin"] for item in one.get("/api/v1/inputs")] == ["linux"]
    kept = [path for path in (one.home / "data").rglob("*") if path.is_file()]
    assert kept, "its state is under the user's data directory"
    assert one.stop() == 0


def test_without_a_configuration_it_listens_on_loopback_only(daemon):
    one = daemon()
    one.address = "127.0.0.1"
    command = [word for word in one.command() if word not in ("--listen", f"127.0.0.1:{one.port}")]
    one.command = lambda: command
    one.spawn()
    sockets = wait_until("it listens", lambda: listening_addresses(one))
    assert all(address.startswith(("127.", "[::1]")) for address in sockets), sockets


def listening_addresses(one) -> list[str]:
    assert one.process.poll() is None or "in use" in one.log(), one.log()
    if one.process.poll() is not None:
        pytest.skip("the default port is taken on this machine")
    shown = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3] for line in shown.splitlines() if f"pid={one.process.pid}," in line]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_five_seconds_with_everything_committed(daemon, by):
    one = daemon("storage: {commit: 1h}" + SIMULATOR).start()
    wait_until("some readings are there", lambda: len(one.raw("sim.sequence")) > 20)
    before = one.raw("sim.sequence")
    assert one.stop(by, seconds=5) == 0
    # Without the run directory there is no journal to replay: what comes back was committed.
    for path in sorted(one.run_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    one.start()
    after = {tuple(row) for row in one.raw("sim.sequence")}
    assert set(map(tuple, before)) <= after


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--no-such-option"], 2),
        (["--listen", "not an address"], 2),
        (["--log-level", "shouting"], 2),
        (["--config", "/nowhere/telltale.yaml"], 78),
        (["--version"], 0),
        (["--help"], 0),
    ],
)
def test_exit_codes(arguments, code, tmp_path):
    places = ["--run", str(tmp_path / "run"), "--state", str(tmp_path / "state")]
    done = subprocess.run([TELLTALED, *arguments, *places], capture_output=True, text=True, timeout=20)
    assert done.returncode == code, done.stderr
    assert code == 0 or done.stderr.strip(), "a failure says why"


def test_a_taken_port_is_said_plainly(daemon):
    first = daemon(SIMULATOR).start()
    second = daemon(SIMULATOR)
    second.port = first.port
    second.spawn()
    assert second.process.wait(20) == 1
    assert str(first.port) in second.log()


def test_two_daemons_do_not_share_a_state_directory(daemon):
    first = daemon(SIMULATOR).start()
    second = daemon(SIMULATOR)
    second.state_dir = first.state_dir
    second.spawn()
    assert second.process.wait(20) == 1
    assert str(first.state_dir) in second.log()
    assert first.is_ready()


def test_check_validates_and_starts_nothing(daemon):
    one = daemon(SIMULATOR, arguments=["--check"])
    one.port = free_port()
    one.spawn()
    assert one.process.wait(20) == 0, one.log()
    assert not one.state_dir.exists()
