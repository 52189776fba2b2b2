"""The csv sink: what is in its files, rotation, a full disk, and a directory that it may not write."""
import csv
import gzip
import os
import subprocess
import time

import pytest
from harness import wait_until
from sinks import post, sink

CONFIG = """
server: {write: loopback}
storage: {commit: 1s}
sinks:
  - id: files
    plugin: csv
    options: {directory: "DIR"MORE}
    series: ["press.*"]
    labels: {site: hall-2}
ALLOW
"""


def config_for(directory, more="", allow=True) -> str:
    grant = f"    allow: {{write: [{directory}]}}" if allow else ""
    return CONFIG.replace("DIR", str(directory)).replace("MORE", more).replace("ALLOW", grant)


def rows(directory) -> list[dict]:
    """Of all files, the oldest first."""
    while True:
        found = []
        try:
            for path in sorted(path for path in directory.glob("readings-*") if not path.name.endswith(".gz.part")):
                opened = gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="", encoding="utf-8")
                with opened as file:
                    found += list(csv.DictReader(file))
            return found
        except FileNotFoundError:  # it was closed, and has another name now
            pass


@pytest.mark.parametrize("more", ["", ", sync: close, gzip: true", ", sync: never, daily: false"])
def test_what_is_in_the_files_is_what_was_published(daemon, tmp_path, more):
    one = daemon(config_for(tmp_path, ", size: 10kB" + more)).start()
    begin = time.time_ns() // 1_000_000_000 * 1_000_000_000
    for batch in range(6):
        post(one, "".join(f"press.oil,line=a value={batch * 100 + i} {begin + (batch * 100 + i) * 1_000_000}\n" for i in range(100)))
        wait_until("they are written", lambda: sink(one)["sent"] >= (batch + 1) * 100)
    found = rows(tmp_path)
    assert [float(row["value"]) for row in found] == list(range(600))
    assert found[0]["series"] == "press.oil" and found[0]["labels"] == "line=a;site=hall-2" and found[0]["quality"] == "good"
    parts = list(tmp_path.glob("*.part"))
    assert len(parts) == 1 and len(list(tmp_path.iterdir())) > 2, "closed by size"
    assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
    one.kill()
    with parts[0].open("a") as file:
        file.write("cut o")  # as a power cut leaves it
    one.start()
    post(one, f'press.note value="a, \\"b\\"" {time.time_ns()}\n')
    wait_until("it goes on", lambda: any(row["text"] == 'a, "b"' for row in rows(tmp_path)))
    assert all(row["time"].startswith("20") and row["quality"] == "good" for row in rows(tmp_path)), "no line is cut off"


@pytest.mark.skipif(os.geteuid() != 0, reason="a disk that is full needs a mount")
def test_a_full_disk_loses_nothing(daemon, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        (disk / "filler").write_bytes(b"x" * 60_000)
        one = daemon(config_for(disk)).start()
        begin = time.time_ns()
        post(one, "".join(f"press.oil value={i} {begin + i * 1_000}\n" for i in range(1000)))
        wait_until("the sink says so", lambda: "the disk is full" in sink(one)["reason"])
        assert sink(one)["parked"] == 0 and sink(one)["lost"] == 0
        (disk / "filler").unlink()
        wait_until("all of it is written", lambda: {float(row["value"]) for row in rows(disk)} == set(range(1000)), 20)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_directory_that_was_not_granted_is_named(daemon, tmp_path):
    one = daemon(config_for(tmp_path, allow=False)).start()
    post(one, "press.oil value=1\n")
    wait_until("the sink says so", lambda: f"allow: {{write: [{tmp_path}]}}" in sink(one)["reason"])
    assert not list(tmp_path.iterdir()) and sink(one)["parked"] == 0
