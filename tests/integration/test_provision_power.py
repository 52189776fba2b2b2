"""Whatever ends in the middle of a round: the old configuration is in place or the new one, and the next round goes on."""
import os
import signal

import pytest
from harness import SLOWNESS, is_alive
from provision import BEFORE, configuration, device, fetch, office, server, status  # noqa: F401

PATH = "/telltale/press-7.yaml"


def inputs(one) -> list[str]:
    return [item["id"] for item in one.get("/api/v1/inputs")]


@pytest.mark.skipif(SLOWNESS > 1, reason="the leak checker does not run under strace")
def test_a_daemon_that_does_not_come_back_gets_its_former_configuration(device, office, server, tmp_path):
    """It is killed when it has put the new one in place, and stays away: strace says when, at the sync of the directory."""
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    device.stop()
    device.prefix = ["strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-P", str(device.home),
                     "-e", "trace=fsync", "-e", "inject=fsync:signal=KILL:when=1"]  # fmt: skip
    device.start()
    traced = device.plugin_pids()
    try:
        done = fetch(device, "--patience", "1")
    finally:
        for pid in filter(is_alive, traced):  # one that lives on would outlive its tracer
            os.kill(pid, signal.SIGKILL)
    device.prefix = []
    assert (done.returncode, "the former is in its place again" in done.stdout) == (1, True), done.stdout + done.stderr
    assert device.config_path.read_text() == BEFORE
    assert server.documents[PATH] in [path.read_bytes() for path in device.home.glob("telltale.yaml.*")], "it had been in place"
    device.start()
    assert inputs(device) == []


def test_without_a_daemon_it_is_checked_and_put_in_place_for_its_start(device, office, server):
    device.stop()
    server.documents[PATH] = office.sign("inputs: [{id: a, plugin: nobody}]\n", 16, "--unchecked")
    done = fetch(device)
    assert (done.returncode, device.config_path.read_text()) == (1, BEFORE), done.stdout
    assert "line 4, column" in done.stdout
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    done = fetch(device)
    assert done.returncode == 0, done.stderr
    assert "takes it over when it starts" in done.stdout
    device.start()
    device.wait_for_series("oil.wave")
    assert fetch(device).stdout == "nothing new: serial 17\n"


@pytest.mark.parametrize("call", ["rename:signal=KILL:when=1", "rename:signal=KILL:when=2", "rename:signal=KILL:when=3", "link:signal=KILL:when=1"])
def test_killed_anywhere_either_configuration_is_whole_and_the_next_round_goes_on(device, office, server, tmp_path, call):
    device.stop()
    document = office.sign(configuration("oil"), 17)
    server.documents[PATH] = document
    trace = ["strace", "-qq", "-o", str(tmp_path / "trace"), "-e", "trace=rename,link", "-e", f"inject={call}"]
    done = fetch(device, prefix=trace)
    assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), f"{done.returncode}: {done.stdout}{done.stderr}"
    assert device.config_path.read_bytes() in (BEFORE.encode(), document)
    done = fetch(device)
    assert done.returncode == 0, done.stdout + done.stderr
    assert device.config_path.read_bytes() == document
    assert status(device)["serial"] == 17


def test_a_serial_whose_rounds_are_cut_short_is_given_up(device, office, server, tmp_path):
    device.stop()
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    trace = ["strace", "-qq", "-o", str(tmp_path / "trace"), "-P", str(device.config_path), "-e", "trace=link,rename",
             "-e", "inject=link,rename:signal=KILL:when=1"]  # fmt: skip
    for _ in range(3):
        assert fetch(device, prefix=trace).returncode != 0
        device.config_path.write_text(BEFORE)
    done = fetch(device)
    assert (done.returncode, "3 rounds with it were cut short" in done.stdout) == (1, True), done.stdout
