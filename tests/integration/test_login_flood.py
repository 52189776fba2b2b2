"""Passwords are slow to check, on purpose. Many at once, right or wrong, take nothing from those who are in already."""
import json
import re
import socket
import time

from harness import SLOWNESS, wait_until
from streams import EventStream

CONFIG = """
server: {write: token}
inputs:
  - id: sim
    plugin: simulator
    options: {every: 20ms, waves: [{name: sim.sequence, shape: sequence}]}
"""
GUESSERS = 60


def posted(one, path: str, number: int, body: dict) -> socket.socket:
    """A request of a machine of its own, sent."""
    text = json.dumps(body)
    fields = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{one.port}", f"Origin: {one.url}", f"X-Forwarded-For: 192.0.2.{number}"]
    fields += ["Content-Type: application/json", f"Content-Length: {len(text)}", "Connection: close", "", text]
    client = socket.create_connection(("127.0.0.1", one.port), timeout=60 * SLOWNESS)
    client.sendall("\r\n".join(fields).encode())
    return client


def status_of(client: socket.socket) -> int:
    with client:
        answer = b""
        while part := client.recv(65536):
            answer += part
    return int(re.match(rb"HTTP/1\.1 (\d{3})", answer)[1])


def test_a_flood_of_logins_is_refused_and_nobody_else_waits_for_it(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    with EventStream(one, "sim.sequence") as stream:
        stream.readings(5)
        guesses = [posted(one, "/api/v1/login", i + 1, {"user": f"user{i}", "password": "wrong horse"}) for i in range(GUESSERS)]
        slowest, followed = 0.0, []
        for _ in range(20):
            begun = time.monotonic()
            assert one.get("/api/v1/series", match="sim.*")
            slowest = max(slowest, time.monotonic() - begun)
            followed += [value for _, _, value in stream.readings(3)]
        statuses = [status_of(client) for client in guesses]
    assert followed == list(range(int(followed[0]), int(followed[0]) + len(followed))), "readings go on"
    assert slowest < 1 * SLOWNESS
    assert set(statuses) <= {401, 429, 503}, statuses
    assert statuses.count(503) >= GUESSERS // 3, "what the queue cannot take is told at once"


def test_of_many_who_type_the_setup_code_at_once_one_gets_the_device(daemon):
    one = daemon(CONFIG).start()
    code = wait_until("the code is shown", lambda: re.search(r"setup code\s+([0-9A-Z]{4}-[0-9A-Z]{4})", one.tool("status").stdout))[1]
    visitors = [posted(one, "/api/v1/setup", i + 1, {"code": code, "user": f"user{i}", "password": "correct horse"}) for i in range(6)]
    statuses = sorted(status_of(client) for client in visitors)
    assert statuses[0] == 200 and set(statuses[1:]) <= {401, 409, 429}, statuses
    assert len(one.tool("user", "list").stdout.strip().splitlines()) in (1, 2), "one user, and perhaps a head line"

