"""permessage-deflate (RFC 7692) on the live connection: for JSON when it is asked for, with limits that hold after inflation."""
import json
import pathlib
import re
import zlib

import pytest
from harness import Daemon, wait_until
from raw_websocket import RawWebSocket

CONFIG = """
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 50ms
      waves:
""" + "\n".join(f"        - {{name: line.number{i}, shape: sine, period: {i + 3}s}}" for i in range(20))
SUBSCRIBE = b'{"op":"subscribe","id":"a","series":["line.*"],"rate":20}'
TEXT, DEFLATED_TEXT, CLOSE = 0x81, 0xC1, 0x88


@pytest.fixture(scope="module")
def running():
    one = Daemon(CONFIG)
    try:
        one.start()
        one.wait_for_series("line.number19")
        yield one
    finally:
        one.clean_up()


class Inflater:
    def __init__(self, fresh: bool):
        self.fresh = fresh
        self.stream = zlib.decompressobj(-15)

    def text(self, first: int, payload: bytes) -> str:
        if first != DEFLATED_TEXT:
            return payload.decode()
        if self.fresh:
            self.stream = zlib.decompressobj(-15)
        return self.stream.decompress(payload + b"\x00\x00\xff\xff").decode()


def frames(live: RawWebSocket, inflater: Inflater, count: int) -> tuple[int, int]:
    """Bytes on the wire and of the texts, of as many `data` messages of all twenty series."""
    on_wire = inflated = seen = 0
    while seen < count:
        first, payload = live.message()
        text = inflater.text(first, payload)
        message = json.loads(text)
        if message["op"] != "data":
            continue
        assert all(len(row) == 3 and row[0] < 20 for row in message["rows"])
        seen += 1
        if seen > 2:  # the first ones have nothing behind them to point to
            on_wire += len(payload)
            inflated += len(text)
    return on_wire, inflated


@pytest.mark.parametrize("offer, fresh, at_most", [("permessage-deflate; client_max_window_bits", False, 0.45), ("permessage-deflate; server_no_context_takeover", True, 0.6)])
def test_json_is_deflated_when_it_is_asked_for(running, offer, fresh, at_most):
    with RawWebSocket(running.port, offer) as live:
        chosen = live.headers["sec-websocket-extensions"]
        assert re.match(r"permessage-deflate(;|$)", chosen)
        assert "server_max_window_bits=12" in chosen and "client_no_context_takeover" in chosen
        assert ("server_no_context_takeover" in chosen) == fresh
        live.send(SUBSCRIBE)
        on_wire, inflated = frames(live, Inflater(fresh), 30)
    print(f"{on_wire} of {inflated} bytes")
    assert on_wire < at_most * inflated


@pytest.mark.parametrize("offer, subprotocol", [("", "telltale.json.v1"), ("permessage-deflate", "telltale.binary.v1"), ("x-webkit-deflate-frame", "telltale.json.v1")])
def test_it_is_not_deflated_otherwise(running, offer, subprotocol):
    with RawWebSocket(running.port, offer, subprotocol) as live:
        assert "sec-websocket-extensions" not in live.headers
        live.send(SUBSCRIBE)
        for _ in range(5):
            assert not live.message()[0] & 0x40, "no bit says that it is deflated"


def deflated(text: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    whole = stream.compress(text) + stream.flush(zlib.Z_SYNC_FLUSH)
    return whole[:-4]


def test_a_client_may_deflate_what_it_says(running):
    with RawWebSocket(running.port, "permessage-deflate") as live:
        for _ in range(3):  # it keeps no context, as it was told
            live.send(deflated(SUBSCRIBE), DEFLATED_TEXT)
        frames(live, Inflater(False), 3)


def memory(one: Daemon) -> int:
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{one.process.pid}/status").read_text())[1]) * 1024


@pytest.mark.parametrize("bomb", [b" " * 64_000_000, b'{"op":"subscribe","id":"a","series":["' + b"x" * 70_000 + b'"]}'], ids=["64 MB", "70 kB"])
def test_a_message_that_inflates_beyond_the_limit_ends_the_connection(running, bomb):
    before = memory(running)
    for _ in range(5):
        with RawWebSocket(running.port, "permessage-deflate") as live:
            payload = deflated(bomb)
            assert len(payload) < 65_536, "by itself it would be taken"
            live.send(payload, DEFLATED_TEXT)
            try:
                first, reason = live.message()
                while first != CLOSE:
                    first, reason = live.message()
                assert int.from_bytes(reason[:2], "big") == 1009
            except (EOFError, ConnectionError):
                pass  # it closed with bytes of ours unread, which takes back what was on its way to us
    wait_until("they are gone", lambda: running.get("/api/v1/status")["server"]["viewers"] == 0)
    assert memory(running) - before < 16_000_000
    assert running.is_ready()


def test_nonsense_for_a_deflated_message_ends_the_connection(running):
    with RawWebSocket(running.port, "permessage-deflate") as live:
        live.send(b"\xff" * 1000, DEFLATED_TEXT)
        with pytest.raises((EOFError, ConnectionError)):
            while True:
                live.message()
    assert running.is_ready()
