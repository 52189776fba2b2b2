"""A device whose root is read-only, with an overlay that is forgotten at each boot, and whose state is on another disk."""
import contextlib
import json
import pathlib
import subprocess

import pytest
from machine import Machine, wait_until
from root import NoRoot, installed, root, skip, why_not

STATE = "/var/lib/telltale"


@pytest.fixture(scope="module")
def image():
    if reason := why_not("mkfs.ext4", "losetup"):
        skip(reason)
    try:
        directory = root()
    except NoRoot as reason:
        skip(reason)
    with installed(directory) as made:
        yield made


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A file system of its own."""
    place = tmp_path_factory.mktemp("disk")
    (place / "mounted").mkdir()
    subprocess.run(["truncate", "-s", "256M", place / "disk.img"], check=True)
    subprocess.run(["mkfs.ext4", "-q", place / "disk.img"], check=True)
    made = subprocess.run(["mount", "-o", "loop", place / "disk.img", place / "mounted"], capture_output=True, text=True)
    if made.returncode != 0:
        skip(f"this machine mounts no file as a disk: {made.stderr.strip()}")
    try:
        yield place / "mounted"
    finally:
        subprocess.run(["umount", place / "mounted"], check=True)


@contextlib.contextmanager
def booted(image: pathlib.Path, disk: pathlib.Path):
    machine = Machine(image, [], [f"{disk}:{STATE}"])
    try:
        yield machine.boot()
    finally:
        machine.clean_up()


def is_served(device: Machine) -> bool:
    return device.run("telltale", "status", "--json", check=False).returncode == 0


def files_of(image: pathlib.Path) -> dict[pathlib.Path, tuple[int, int]]:
    return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in image.rglob("*")}


def test_it_runs_from_the_first_boot_on_and_keeps_its_history_over_the_next(image, disk):
    before = files_of(image)
    with booted(image, disk) as device:
        wait_until("it serves", lambda: is_served(device), 60)
        assert device.show("ActiveState") == "active"
        device.run("sh", "-c", "echo kept value=42 $(date +%s%N) | telltale import --format lines -")
        assert "42" in device.run("telltale", "export", "kept", "--format", "csv", "--from", "now-1h").stdout
        # What the page changes lies in the overlay.
        device.run("sh", "-c", "cd /etc/telltale && sed -i 's/^#device:.*/device: {name: press-7}/' telltale.yaml")
        device.run("systemctl", "restart", "telltaled")
        assert json.loads(device.run("telltale", "status", "--json").stdout)["device"]["name"] == "press-7"
    assert files_of(image) == before, "the root was written to"
    assert (disk / "history.db").exists()
    with booted(image, disk) as device:
        wait_until("it serves", lambda: is_served(device), 60)
        assert "42" in device.run("telltale", "export", "kept", "--format", "csv", "--from", "now-1h").stdout
        assert json.loads(device.run("telltale", "status", "--json").stdout)["device"]["name"] == "device"
        device.run("telltale", "verify")
        assert device.run("systemctl", "list-units", "--failed", "--no-legend", "telltale*").stdout.strip() == ""
