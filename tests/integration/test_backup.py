"""Backups of a daemon that writes, and their way back: nothing that was committed before is missing, bit for bit."""
import json
import os
import pathlib
import shutil
import sqlite3
import threading
import time

import pytest
from harness import TELLTALE, Daemon, wait_until

CONFIG = "device: {name: press-7}\nstorage: {commit: 1s}\ninputs: []\n"
SERIES = 20


def export(daemon: Daemon, *arguments: str) -> list[str]:
    return sorted(daemon.tool("export", "*", "--time", "ns", *arguments).stdout.splitlines()[1:])


class Writer(threading.Thread):
    """Posts 100 readings of 20 series at a time, durable, as fast as it is told; knows which are on disk."""

    def __init__(self, daemon: Daemon, per_second: int):
        super().__init__()
        self.daemon, self.pause = daemon, 100 / per_second
        self.durable: list[str] = []  # lines as `export` shows them
        self.stop = threading.Event()
        self.failed = ""

    def run(self):
        number, begin = 0, time.time_ns()
        while not self.stop.is_set():
            lines, shown = [], []
            for i in range(100):
                stamp = begin + (number * 5 + i // SERIES) * 1_000_003
                value = (number * 100 + i) / 7
                lines.append(f"load,n=s{i % SERIES} value={value!r} {stamp}")
                shown.append(f'"load{{n=""s{i % SERIES}""}}",{stamp},{value!r}')
            answer = self.daemon.request("POST", "/api/v1/write?durable=1", "\n".join(lines))
            if answer.status != 204:
                self.failed = answer.text
                return
            self.durable += shown
            number += 1
            self.stop.wait(self.pause)


def normal(lines: list[str]) -> set[tuple[str, str, float]]:
    out = set()
    for line in lines:
        key, stamp, value = line.rsplit(",", 2)
        out.add((key.strip('"').replace('""', '"'), stamp, float(value).hex()))
    return out


def test_a_backup_while_1000_readings_a_second_are_written_holds_every_one_before_it(daemon):
    source = daemon(CONFIG).start()
    writer = Writer(source, 1000)
    writer.start()
    try:
        wait_until("some readings are on disk", lambda: len(writer.durable) > 1500 or writer.failed)
        before = list(writer.durable)
        backup = source.home / "press7.backup"
        report = json.loads(source.tool("backup", str(backup), "--json").stdout)
        wait_until("writing went on", lambda: len(writer.durable) > len(before) + 500 or writer.failed)
    finally:
        writer.stop.set()
        writer.join()
    assert not writer.failed
    assert report["findings"] == [] and report["readings"] >= len(before) and "telltale.yaml" in report["carried"]
    assert backup.stat().st_mode & 0o777 == 0o600
    assert not list(source.home.glob(".press7*")), "the temporary file is gone"
    everything = normal(export(source))

    fresh = daemon(CONFIG)
    done = fresh.tool("restore", str(backup), "--state", str(fresh.state_dir), "--config", str(fresh.config_path))
    assert f"restored {report['readings']} readings" in done.stdout
    fresh.start()
    assert json.loads(fresh.tool("verify", "--json").stdout)["ok"]
    restored = normal(export(fresh))
    assert len(restored) == report["readings"]
    assert normal(before) <= restored, "a reading that was committed before the backup is missing"
    assert restored <= everything, "a reading came from nowhere"
    # It is a daemon like any other.
    assert fresh.request("POST", "/api/v1/write?durable=1", "load,n=s0 value=1").status == 204
    assert fresh.stop() == 0


def test_a_restore_keeps_what_was_there_and_refuses_a_running_daemon(daemon):
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write?durable=1", "old value=1 1700000000000000000").status == 204
    backup = one.home / "b.backup"
    one.tool("backup", str(backup))
    assert one.request("POST", "/api/v1/write?durable=1", "new value=2 1700000001000000000").status == 204

    refused = one.tool("backup", str(backup), check=False)
    assert refused.returncode == 1 and "exists already" in refused.stderr
    one.tool("backup", str(backup), "--force")

    to = ["--state", str(one.state_dir), "--config", str(one.config_path)]
    refused = one.tool("restore", str(backup), *to, check=False)
    assert refused.returncode == 1 and "stop it first" in refused.stderr
    assert one.request("POST", "/api/v1/write?durable=1", "newest value=3 1700000002000000000").status == 204
    one.kill()  # with a write-ahead log that nobody has copied back
    one.config_path.write_text(CONFIG.replace("press-7", "press-8"))
    done = one.tool("restore", str(backup), *to, "--json")
    aside = pathlib.Path(json.loads(done.stdout)["aside"])
    assert json.loads(done.stdout)["left"] == ["telltale.yaml"]
    assert "press-8" in one.config_path.read_text()

    one.start()
    keys = {item["key"] for item in one.get("/api/v1/series")}
    assert {"old", "new"} <= keys and "newest" not in keys
    one.stop()
    # What was there is whole, the newest included.
    report = json.loads(one.tool("verify", str(aside), "--json").stdout)
    assert report["ok"] and report["readings"] == 3

    done = one.tool("restore", str(backup), *to, "--replace-config")
    assert "press-7" in one.config_path.read_text()
    assert [path for path in one.home.glob("telltale.yaml.before-restore-*") if "press-8" in path.read_text()]


def test_config_dashboards_secrets_and_accounts_go_along(daemon):
    one = daemon(CONFIG)
    (one.home / "dashboards").mkdir()
    (one.home / "dashboards/hall.yaml").write_text("name: hall\npanels: []\n")
    (one.home / "secrets.yaml").write_text("pass: hidden\n")
    (one.home / "secrets.yaml").chmod(0o600)
    one.start()
    one.tool("token", "new", "script")
    backup = one.home / "b.backup"
    carried = json.loads(one.tool("backup", str(backup), "--json").stdout)["carried"]
    assert carried == ["telltale.yaml", "dashboards/hall.yaml", "accounts.json"]
    carried = json.loads(one.tool("backup", str(backup), "--force", "--with-secrets", "--json").stdout)["carried"]
    assert "secrets.yaml" in carried

    config = one.home / "fresh/telltale.yaml"
    state = one.home / "fresh-state"
    one.tool("restore", str(backup), "--state", str(state), "--config", str(config))
    assert config.read_text() == CONFIG
    assert (config.parent / "dashboards/hall.yaml").read_text() == "name: hall\npanels: []\n"
    assert (config.parent / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert "script" in (state / "accounts.json").read_text()
    plain = json.loads(one.tool("backup", str(one.home / "c.backup"), "--no-config", "--json").stdout)
    assert plain["carried"] == []


def test_a_backup_over_the_network_needs_an_admin(daemon):
    one = daemon(CONFIG, address="0.0.0.0").start()
    assert one.request("POST", "/api/v1/write?durable=1", "m value=1 1700000000000000000").status == 204
    reading = one.tool("token", "new", "reader", "--scope", "read").stdout.split()[-1]
    admin = one.tool("token", "new", "boss", "--scope", "read,admin").stdout.split()[-1]
    url = ["--url", one.url]

    def remote(*arguments: str):
        import subprocess

        environment = one.environment()
        return subprocess.run([str(TELLTALE), *url, *arguments], capture_output=True, text=True, timeout=60, env=environment)

    denied = remote("--token", reading, "backup", str(one.home / "r.backup"))
    assert denied.returncode == 77 and not (one.home / "r.backup").exists()
    done = remote("--token", admin, "backup", str(one.home / "a.backup"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["carried"] == ["telltale.yaml"]
    assert "/api/v1/backup" in one.log(), "who took everything is in the log"


def test_only_one_backup_is_made_at_a_time_and_a_client_that_leaves_ends_it(daemon):
    import socket

    one = daemon(CONFIG).start()
    stamp = 1_700_000_000_000_000_000
    for batch in range(40):  # more than fits into the buffers of a socket
        lines = "\n".join(f"m{i % 10} value={os.urandom(6).hex().translate(str.maketrans('abcdef', '123456'))} "
                          f"{stamp + (batch * 20000 + i) * 1000}" for i in range(20000))
        assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204
    with socket.socket(socket.AF_UNIX) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect(str(one.run_dir / "api.sock"))
        lazy.sendall(b"GET /api/v1/backup HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert lazy.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        second = one.tool("backup", str(one.home / "b.backup"), check=False)
        assert second.returncode == 1 and "another backup" in second.stderr
        # Writing goes on all the same.
        assert one.request("POST", "/api/v1/write?durable=1", f"m1 value=1 {stamp}").status == 204
    wait_until("the one that left is forgotten",
               lambda: one.tool("backup", str(one.home / "b.backup"), "--force", check=False).returncode == 0)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "other", "newer", "empty", "text"])
def test_a_restore_refuses_what_is_no_sound_backup(daemon, damage):
    one = daemon(CONFIG).start()
    for batch in range(30):
        lines = "\n".join(f"m value={i / 3!r} {1_700_000_000_000_000_000 + (batch * 1000 + i) * 10**7}" for i in range(1000))
        assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204
    backup = one.home / "b.backup"
    one.tool("backup", str(backup))
    one.stop()
    before = {path.name: path.read_bytes() for path in one.state_dir.iterdir() if path.name.startswith("history")}
    data = bytearray(backup.read_bytes())
    if damage == "truncated":
        backup.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        data[len(data) * 3 // 4] ^= 0x10
        data[len(data) // 2] ^= 0x10
        backup.write_bytes(data)
    elif damage == "other":
        backup.unlink()
        with sqlite3.connect(backup) as other:
            other.execute("CREATE TABLE t(a)")
    elif damage == "newer":
        with sqlite3.connect(backup) as newer:
            newer.execute("PRAGMA user_version=99")
    else:
        backup.write_bytes(b"" if damage == "empty" else b"name,t,value\n" * 100)
    refused = one.tool("restore", str(backup), "--state", str(one.state_dir), "--config", str(one.config_path), check=False)
    assert refused.returncode == 1 and refused.stderr, refused
    after = {path.name: path.read_bytes() for path in one.state_dir.iterdir() if path.name.startswith("history")}
    assert after == before and not list(one.state_dir.glob("before-restore-*"))


def test_without_a_daemon_a_directory_is_backed_up_by_itself(daemon):
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write?durable=1", "m value=1 1700000000000000000").status == 204
    one.kill()
    backup = one.home / "b.backup"
    gone = one.tool("backup", str(backup), check=False)
    assert gone.returncode == 69 and not backup.exists()
    done = json.loads(one.tool("backup", str(backup), "--from", str(one.state_dir), "--json").stdout)
    assert done["readings"] == 1
    assert json.loads(one.tool("verify", str(backup), "--json").stdout)["readings"] == 1
    missing = one.tool("verify", str(one.home / "none.db"), check=False)
    assert missing.returncode == 1 and "no such file" in missing.stderr
    shutil.rmtree(one.state_dir)
