"""Posted line protocol: kept, refused by name, and only from those who may."""
import subprocess
import time

import pytest
from harness import SLOWNESS, wait_until

CONFIG = "storage: {commit: 1h}\ninputs: []\n"


@pytest.mark.parametrize("path", ["/api/v1/write", "/api/v2/write", "/write"])
def test_line_protocol_is_kept(daemon, path):
    one = daemon(CONFIG).start()
    now = time.time_ns()
    body = f'room,floor=2 temperature=21.5,door="open" {now}\npower value=3i {now}\n'
    assert one.request("POST", path, body).status == 204
    latest = one.wait_for_series("power")
    assert latest["power"]["value"] == 3
    assert one.latest("room.temperature")['room.temperature{floor="2"}']["value"] == 21.5
    assert one.raw("power") == [[now // 1_000_000, 3.0]]


def test_the_client_of_influxdb_writes_here(daemon):
    """Debian's influx, which asks /ping first and posts as Telegraf's output for InfluxDB 1 does."""
    one = daemon(CONFIG).start()
    now = time.time_ns()
    insert = f'insert room,floor=2 temperature=21.5,door="open" {now}'
    command = ["influx", "-host", "127.0.0.1", "-port", str(one.port), "-database", "plant", "-execute", insert]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20 * SLOWNESS, env={"HOME": str(one.home)})
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert wait_until("it is there", lambda: one.latest("room.temperature"))['room.temperature{floor="2"}']["value"] == 21.5
    assert one.raw('room.temperature{floor="2"}') == [[now // 1_000_000, 21.5]]
    refused = subprocess.run([*command[:-1], "insert bad value="], capture_output=True, text=True, timeout=20 * SLOWNESS, env={"HOME": str(one.home)})
    assert "line 1" in refused.stdout + refused.stderr, "what is wrong with it is told to who wrote it"


def test_a_broken_line_is_named_and_the_good_ones_are_kept(daemon):
    one = daemon(CONFIG).start()
    answer = one.request("POST", "/api/v1/write", "good value=1\nbad value=\ngood2 value=2\n")
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "line 2" in answer.json["detail"]
    latest = wait_until("both good lines are there", lambda: (found := one.latest("good*")) and len(found) == 2 and found)
    assert {key: row["value"] for key, row in latest.items()} == {"good": 1, "good2": 2}
    assert one.latest("bad") == {}


def test_a_durable_write_survives_the_loss_of_the_journal(daemon):
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write?durable=1", "sure value=7\n").status == 204
    one.kill()
    for path in one.run_dir.rglob("*"):
        if not path.is_dir():
            path.unlink()
    one.start()
    assert [value for _, value in one.raw("sure")] == [7.0]


HOSTILE_BODIES = {
    "no UTF-8": b"\xff\xfe",
    "an endless name": b"x" * 100_000,
    "an endless text": b'a value="' + b"y" * 100_000 + b'"',
    "not a number": b"a value=nan",
    "beyond a double": b"a value=1e999",
}


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES.keys())
def test_hostile_bodies_are_refused(daemon, body):
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write", body).status in (400, 413)
    assert one.is_ready()


def test_what_a_name_may_not_have_becomes_an_underscore(daemon):
    one = daemon(CONFIG).start()
    assert one.request("POST", "/api/v1/write", b'a\0\x1b{},t"*=b value=1').status == 204
    assert [item["key"] for item in one.get("/api/v1/series")] == ['a____{t__="b"}']
