"""The packages in a system of their own, from the first installation to the purge. The tests build on each other."""
import contextlib
import csv
import io
import json
import pathlib
import re
import sys

import pytest
from machine import Machine, wait_until
from root import NoRoot, built, field, lower, root, skip, why_not

LOAD = pathlib.Path(__file__).with_name("load.py")
STATE = "/var/lib/telltale"


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    if reason := why_not():
        skip(reason)
    try:
        directory = root()
    except NoRoot as reason:
        skip(reason)
    machine = Machine(directory, built() + lower(tmp_path_factory.mktemp("older")))
    try:
        yield machine.boot()
    finally:
        machine.clean_up()


@contextlib.contextmanager
def load(device: Machine, name: str):
    """Readings come in while the block runs; `told` says afterwards how it went."""
    told: dict = {}
    process = device.spawn_beside(sys.executable, str(LOAD), "8080", name)
    try:
        assert process.stdout.readline().strip() == "begun"
        yield told
        answer, _ = process.communicate("end\n", timeout=120)
        told.update(json.loads(answer))
    finally:
        process.kill()
        process.wait()


def kept(device: Machine, name: str) -> list[int]:
    text = device.run("telltale", "export", name, "--format", "csv", "--from", "now-1h").stdout
    return [int(float(row["value"])) for row in csv.DictReader(io.StringIO(text))]


def install(device: Machine, debs: list[pathlib.Path]) -> str:
    return device.run("dpkg", "--force-confold", "-i", *(f"/packages/{deb.name}" for deb in debs)).stdout


def is_served(device: Machine) -> bool:
    return device.run("telltale", "status", "--json", check=False).returncode == 0


def version_on(device: Machine) -> str:
    return device.run("dpkg-query", "-W", "-f", "${Version}", "telltale").stdout


def test_it_runs_once_it_is_installed(device):
    install(device, [path for path in device.packages if "_0.0.1.deb" in path.name])
    assert device.show("ActiveState") == "active"
    assert device.run("systemctl", "is-enabled", "telltaled").stdout.strip() == "enabled"
    assert version_on(device) == "0.0.1"
    status = json.loads(device.run("telltale", "status", "--json").stdout)
    assert status["device"]["name"] == device.run("uname", "-n").stdout.strip()
    wait_until("the system's own readings move", lambda: "host" in device.run("telltale", "input", "list").stdout)


def test_the_service_is_not_root_and_owns_no_more_than_it_must(device):
    pid = device.show("MainPID")
    status = device.run("cat", f"/proc/{pid}/status").stdout
    account = int(device.run("id", "-u", "telltale").stdout)
    assert re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)[1] == str(account) != "0"
    assert int(re.search(r"^CapEff:\s+(\w+)", status, re.MULTILINE)[1], 16) == 0
    assert re.search(r"^Seccomp:\s+2", status, re.MULTILINE)
    modes = device.run("stat", "-c", "%U %a %n", STATE, "/etc/telltale", "/etc/telltale/telltale.yaml", "/etc/credstore/telltale").stdout
    assert modes.split("\n")[:4] == [
        "telltale 750 /var/lib/telltale",
        "telltale 750 /etc/telltale",
        "telltale 640 /etc/telltale/telltale.yaml",
        "root 700 /etc/credstore/telltale",
    ]


def exposure(device: Machine, unit: pathlib.Path | str) -> float:
    told = device.run("systemd-analyze", "security", "--no-pager", str(unit)).stdout
    return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told)[1])


def test_its_exposure_is_low_and_grows_only_by_what_plugins_need(device):
    assert "char-ttyUSB" in device.show("DeviceAllow") and "dialout" in device.show("SupplementaryGroups")
    assert exposure(device, "telltaled.service") <= 1.5
    device.run("dpkg", "--remove", "telltale-plugin-serial", "telltale-plugin-modbus")
    wait_until("the service is there again", lambda: is_served(device))
    assert exposure(device, "telltaled.service") <= 1.1
    assert "char-ttyUSB" not in device.show("DeviceAllow")
    assert device.show("PrivateDevices") == "yes"


def test_secrets_are_handed_over_and_the_page_may_change_the_configuration(device):
    device.run("sh", "-c", "umask 077; echo hall-from-a-credential > /etc/credstore/telltale/site")
    device.run("sh", "-c", "cd /etc/telltale && sed -i 's/^#device:.*/device: {name: press-7, site: !secret site}/' telltale.yaml")
    device.run("systemctl", "restart", "telltaled")
    status = json.loads(device.run("telltale", "status", "--json").stdout)
    assert (status["device"]["name"], status["device"]["site"]) == ("press-7", "hall-from-a-credential")
    written = device.run("runuser", "-u", "telltale", "--", "test", "-w", "/etc/telltale/telltale.yaml", check=False)
    assert written.returncode == 0


def test_nobody_is_refused_during_a_restart_and_every_reading_is_kept(device):
    with load(device, "load.restart") as told:
        for _ in range(3):
            device.run("systemctl", "restart", "telltaled")
    assert told["refused"] == 0 and not told["others"]
    assert len(told["accepted"]) >= 2  # before the first, after the last
    assert set(told["accepted"]) <= set(kept(device, "load.restart"))


def test_a_kill_costs_no_reading_that_was_accepted(device):
    restarts = int(device.show("NRestarts"))
    with load(device, "load.kill") as told:
        device.run("systemctl", "kill", "--kill-whom=main", "-s", "KILL", "telltaled")
        wait_until("systemd started it again", lambda: int(device.show("NRestarts")) > restarts and is_served(device))
    assert told["refused"] == 0
    assert set(told["accepted"]) <= set(kept(device, "load.kill"))


def test_the_watchdog_ends_a_daemon_that_hangs(device):
    device.run("mkdir", "-p", "/run/systemd/system/telltaled.service.d")
    device.run("sh", "-c", "printf '[Service]\\nWatchdogSec=2s\\n' > /run/systemd/system/telltaled.service.d/soon.conf")
    device.run("systemctl", "daemon-reload")
    device.run("systemctl", "restart", "telltaled")
    first = device.show("MainPID")
    device.run("sh", "-c", f"kill -STOP {first}")
    wait_until("another process is the daemon", lambda: device.show("MainPID") not in ("0", first), 30)
    wait_until("it is served again", lambda: is_served(device))
    assert "Watchdog timeout" in device.journal()
    device.run("rm", "-r", "/run/systemd/system/telltaled.service.d")
    device.run("systemctl", "daemon-reload")
    device.run("systemctl", "restart", "telltaled")


def test_an_upgrade_under_load_refuses_nobody_and_keeps_data_and_configuration(device):
    before = device.run("cat", "/etc/telltale/telltale.yaml").stdout
    first = device.show("MainPID")
    with load(device, "load.upgrade") as told:
        install(device, built())
        wait_until("the new one serves", lambda: is_served(device))
    assert version_on(device) == field(built()[0], "Version")
    assert device.show("MainPID") != first
    assert told["refused"] == 0 and not told["others"]
    assert set(told["accepted"]) <= set(kept(device, "load.upgrade"))
    assert kept(device, "load.restart") and kept(device, "load.kill")
    assert device.run("cat", "/etc/telltale/telltale.yaml").stdout == before


def test_the_timer_makes_a_backup_that_can_be_verified(device):
    backup = "/var/backups/telltale/telltale.backup"
    place = "/run/systemd/system/telltale-backup.timer.d"
    device.run("mkdir", "-p", place)
    soon = "[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/2\\nRandomizedDelaySec=0\\nAccuracySec=100ms\\n"
    device.run("sh", "-c", f"printf '{soon}' > {place}/soon.conf")
    device.run("systemctl", "daemon-reload")
    device.run("systemctl", "enable", "--now", "telltale-backup.timer")
    assert device.show("ActiveState", "telltale-backup.timer") == "active"
    wait_until("the timer made one", lambda: device.run("test", "-s", backup, check=False).returncode == 0)
    device.run("systemctl", "disable", "--now", "telltale-backup.timer")
    device.run("rm", "-r", place)
    device.run("systemctl", "daemon-reload")
    wait_until("none is being made", lambda: device.show("ActiveState", "telltale-backup.service") == "inactive")
    assert device.show("Result", "telltale-backup.service") == "success"
    assert device.run("stat", "-c", "%U %a", backup).stdout.split() == ["root", "600"]
    device.run("telltale", "verify", backup)
    # Another device takes it in.
    device.run("telltale", "restore", backup, "--state", "/tmp/other/state", "--config", "/tmp/other/telltale.yaml")
    device.run("telltale", "verify", "/tmp/other/state/history.db")
    device.run("rm", "-r", "/tmp/other", backup)


def test_the_history_is_sound_and_nothing_went_wrong(device):
    device.run("telltale", "verify")
    assert device.run("systemctl", "list-units", "--failed", "--no-legend", "telltale*").stdout.strip() == ""
    assert "Failed" not in device.run("systemctl", "status", "telltaled", "--no-pager").stdout


def test_removed_it_leaves_data_and_configuration(device):
    device.run("dpkg", "--remove", *(field(deb, "Package") for deb in reversed(built())))
    assert device.run("systemctl", "is-active", "telltaled", check=False).stdout.strip() != "active"
    assert "history.db" in device.run("ls", STATE).stdout
    assert device.run("test", "-e", "/etc/telltale/telltale.yaml", check=False).returncode == 0
    install(device, built())
    wait_until("it serves what it kept", lambda: is_served(device))
    assert kept(device, "load.upgrade")


def test_purged_it_leaves_nothing(device):
    device.run("dpkg", "--purge", *(field(deb, "Package") for deb in reversed(built())))
    places = ("/etc", "/opt", "/srv", "/usr", "/var")
    left = device.run("find", *places, "-iname", "*telltale*").stdout.split()
    assert left == []
    assert device.run("test", "-e", "/run/telltale", check=False).returncode == 1
    assert device.run("getent", "passwd", "telltale", check=False).returncode != 0
