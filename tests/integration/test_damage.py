"""A card that forgets: damaged pages, a newer file, a directory that cannot be written. What is wrong is said, with its mending."""
import json
import os
import random
import sqlite3
import subprocess

import pytest
from harness import TELLTALE, wait_until

CONFIG = "device: {name: press-7}\nstorage: {commit: 1s}\ninputs: []\n"
BEGIN = 1_700_000_000
READINGS = 6000


def fill(one) -> dict:
    """Some dozen blocks of six series, with values that no codec makes small."""
    number = random.Random(1)
    lines = [f"s{i % 6} value={number.random()!r} {(BEGIN + i // 6) * 10**9}" for i in range(READINGS)]
    for begin in range(0, READINGS, 600):
        assert one.request("POST", "/api/v1/write?durable=1", "\n".join(lines[begin:begin + 600])).status == 204
    one.stop()  # everything into segments, and into one file
    one.start()
    rows = one.tool("export", "s*", "--time", "ns").stdout.splitlines()[1:]
    assert len(rows) == READINGS
    return {tuple(row.split(",")[:2]): row for row in rows}


def blobs(path) -> list[tuple[int, bytes]]:
    """(place in the file, a stretch) of each segment's data."""
    data = path.read_bytes()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        # A page of 1,024 bytes holds the middle of a block for sure.
        rows = db.execute("SELECT substr(data, length(data) / 2, 40) FROM segment WHERE length(data) > 4000").fetchall()
    return [(data.find(piece), piece) for (piece,) in rows if data.find(piece) > 0]


def doctor(one, *arguments: str) -> tuple[int, dict]:
    done = one.tool("doctor", "--json", *arguments, check=False)
    return done.returncode, {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def test_a_damaged_page_costs_its_readings_and_is_mended(daemon):
    one = daemon(CONFIG).start()
    everything = fill(one)
    file = one.state_dir / "history.db"
    one.stop()
    places = blobs(file)
    assert len(places) >= 2
    data = bytearray(file.read_bytes())
    data[places[0][0] + 10] ^= 0xFF
    file.write_bytes(data)

    one.start()
    done = one.tool("export", "s*", "--time", "ns", check=False)
    assert done.returncode == 1 and "telltale verify" in done.stderr
    rest = done.stdout.splitlines()[1:]
    assert 0 < len(rest) < READINGS and all(everything[tuple(row.split(",")[:2])] == row for row in rest)
    answer = one.get("/api/v1/query", series="s*", **{"from": BEGIN * 1000, "to": (BEGIN + READINGS) * 1000}, stat="raw")
    assert answer["damaged"] >= 1
    # New readings are kept as ever.
    assert one.request("POST", "/api/v1/write?durable=1", "s0 value=1").status == 204

    found = one.tool("verify", "--json", check=False)
    report = json.loads(found.stdout)
    assert found.returncode == 1 and not report["ok"] and len(report["findings"]) == 1
    finding = report["findings"][0]
    assert set(finding["series"]) <= {f"s{i}" for i in range(6)} and finding["series"]
    lost = {key for key in everything if key not in {tuple(row.split(",")[:2]) for row in rest}}
    assert all(finding["from"] <= int(stamp) // 10**6 <= finding["to"] for _, stamp in lost), "the span that it costs"
    assert {key for key, _ in lost} <= set(finding["series"])

    code, checks = doctor(one)
    assert code == 1 and checks["storage.pages"]["state"] == "bad" and "backup --from" in checks["storage.pages"]["mend"]
    assert checks["storage.damaged"]["state"] == "bad" and checks["daemon"]["state"] == "ok"
    assert "mend storage.pages" in one.tool("doctor", check=False).stdout

    # As it says.
    saved = one.home / "saved.backup"
    kept = one.tool("backup", "--from", str(one.state_dir), str(saved), "--json", check=False)
    assert kept.returncode == 1 and len(json.loads(kept.stdout)["findings"]) == 1
    one.stop()
    one.tool("restore", str(saved), "--state", str(one.state_dir), "--config", str(one.config_path))
    one.start()
    assert json.loads(one.tool("verify", "--json").stdout)["ok"]
    again = one.tool("export", "s*", "--time", "ns", "--to", str((BEGIN + READINGS) * 1000)).stdout.splitlines()[1:]
    assert sorted(again) == sorted(rest)
    _, checks = doctor(one)
    assert checks["storage.pages"]["state"] == "ok" and checks["disk.leftovers"]["state"] == "warning"


def test_bytes_flipped_at_many_places_never_show_what_was_not(daemon):
    one = daemon(CONFIG).start()
    everything = fill(one)
    one.stop()
    file = one.state_dir / "history.db"
    sound = file.read_bytes()
    number = random.Random(2)
    readable = 0
    for _ in range(8):
        data = bytearray(sound)
        data[number.randrange(4096, len(data))] ^= 1 << number.randrange(8)
        for suffix in ("-wal", "-shm"):
            (one.state_dir / f"history.db{suffix}").unlink(missing_ok=True)
        file.write_bytes(data)
        one.spawn()
        wait_until("it starts, or says why not", lambda: one.process.poll() is not None or try_ready(one), 20)
        if one.process.poll() is not None:  # a byte of the few pages that say where everything is
            assert one.process.returncode == 1 and "history.db" in one.log()
            continue
        rows = one.tool("export", "s*", "lost.*", "--time", "ns", check=False).stdout.splitlines()[1:]
        rows = [row for row in rows if not row.startswith("lost.")]
        wrong = [row for row in rows if everything.get(tuple(row.split(",")[:2])) != row]
        assert not wrong
        readable += len(rows) > READINGS // 2
        one.stop()
    assert readable >= 5


def try_ready(one) -> bool:
    """Whether it answers: well, or with what is wrong."""
    try:
        return one.request("GET", "/healthz").status in (200, 503)
    except OSError:
        return False


def test_a_newer_file_is_refused_untouched_and_told(daemon):
    one = daemon(CONFIG).start()
    one.stop()
    file = one.state_dir / "history.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    before = file.read_bytes()
    code, checks = doctor(one, "--state", str(one.state_dir))
    assert code == 1 and checks["storage.schema"]["state"] == "bad" and "newer" in checks["storage.schema"]["what"]
    assert checks["daemon"]["state"] == "bad" and "systemctl" in checks["daemon"]["mend"]
    for command in (["verify", str(file)], ["backup", "--from", str(file), str(one.home / "x.backup")]):
        done = one.tool(*command, check=False)
        assert done.returncode == 1 and "newer" in done.stderr, done
    assert file.read_bytes() == before and not (one.home / "x.backup").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.parametrize("options, cause", [("ro", "Read-only file system"), ("size=4k", "full")])
def test_without_a_disk_everything_is_live(daemon, options, cause):
    one = daemon(CONFIG)
    one.state_dir.mkdir()
    mount = f'mount -t tmpfs -o {options} tmpfs {one.state_dir} && exec "$@"'
    one.prefix = ["unshare", "--mount", "bash", "-c", mount, "telltaled"]
    one.spawn()
    wait_until("it starts, or may not mount", lambda: one.process.poll() is not None or try_ready(one), 20)
    if one.process.poll() is not None and "telltaled" not in one.log():
        pytest.skip("this machine does not let a test mount: " + one.log())
    assert one.request("POST", "/api/v1/write", "a value=2").status == 204
    refused = one.request("POST", "/api/v1/write?durable=1", "a value=3")
    assert refused.status == 503 and "in memory alone" in refused.text, "durable it is not"
    wait_until("both are shown", lambda: [row[1] for row in one.raw("a")] == [2, 3])
    health = one.get("/api/v1/status")["health"]
    assert "in memory alone" in health and cause in health and "restart the daemon" in health
    assert one.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_is_full_or_read_only_is_told(daemon, tmp_path):
    """In a mount namespace of its own: a small file system, first full, then read-only."""
    script = f"""set -e
mount -t tmpfs -o size=2m tmpfs {tmp_path}
cp {{history}} {tmp_path}/history.db
head -c 1900000 /dev/zero > {tmp_path}/fill || true
{TELLTALE} --run {{run}} doctor --json --state {tmp_path} > {{home}}/full.json || true
mount -o remount,ro {tmp_path}
{TELLTALE} --run {{run}} doctor --json --state {tmp_path} > {{home}}/ro.json || true
"""
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write?durable=1", "a value=1").status == 204
    one.stop()
    script = script.format(history=one.state_dir / "history.db", run=one.run_dir, home=one.home)
    done = subprocess.run(["unshare", "--mount", "bash", "-c", script], capture_output=True, text=True, timeout=60)
    if "unshare failed" in done.stderr or "permission denied" in done.stderr.lower():
        pytest.skip("this machine does not let a test mount: " + done.stderr.strip())
    assert done.returncode == 0, done.stderr
    checks = {check["id"]: check for check in json.loads((one.home / "full.json").read_text())["checks"]}
    assert checks["disk.space"]["state"] == "bad" and "budget" in checks["disk.space"]["mend"]
    assert checks["disk.kind"]["state"] == "warning"
    checks = {check["id"]: check for check in json.loads((one.home / "ro.json").read_text())["checks"]}
    assert checks["disk.read_only"]["state"] == "bad" and "dmesg" in checks["disk.read_only"]["mend"]
