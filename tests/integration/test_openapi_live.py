"""The live messages of openapi.yaml: what the daemon sends is as described, and it takes just what it is described to take."""
import asyncio
import http.client
import json

import openapi
import pytest
import websockets
from harness import SLOWNESS, Daemon, Response

CONFIG = """
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 20ms
      waves:
        - {name: sim.sequence, shape: sequence}
        - {name: sim.sine, shape: sine, unit: °C}
        - {name: sim.door, shape: state, states: [closed, open], period: 100ms}
"""
EVENTS = openapi.operation("get", "/api/v1/events")
LIVE = openapi.operation("get", "/api/v1/live")


@pytest.fixture(scope="module")
def running():
    one = Daemon(CONFIG)
    try:
        one.start()
        one.wait_for_series("sim.door")
        assert one.request("POST", "/api/v1/write", 'note said="begun"\n').status == 204
        yield one
    finally:
        one.clean_up()


class Client:
    """A WebSocket whose every message is held to the document."""

    def __init__(self, socket):
        self.socket = socket

    async def send(self, **message) -> None:
        await self.socket.send(json.dumps(message))

    async def next(self) -> dict:
        return openapi.check_message(await asyncio.wait_for(self.socket.recv(), 10 * SLOWNESS))

    async def until(self, **wanted) -> dict:
        while True:
            message = await self.next()
            if all(message.get(name) == value for name, value in wanted.items()):
                return message


def live(one, story) -> None:
    async def play():
        url = f"ws://127.0.0.1:{one.port}/api/v1/live"
        async with websockets.connect(url, subprotocols=["telltale.json.v1"]) as socket:
            client = Client(socket)
            assert (await client.next())["op"] == "hello"
            await story(client)

    asyncio.run(play())


def test_each_message_of_the_daemon_is_as_described(running):
    async def story(client):
        await client.send(op="subscribe", id="a", series=["sim.*", "sim.sine@mean_10s", "note.*"], rate=60)
        series = await client.until(op="series", id="a")
        assert {item["key"] for item in series["series"]} == {"sim.sequence", "sim.sine", "sim.door", "sim.sine@mean_10s", "note.said"}
        refs = {item["ref"]: item["key"] for item in series["series"]}
        seen, numbers = {}, []
        while len(seen) < 5 or len(numbers) < 10:
            data = await client.until(op="data", id="a")
            numbers.append(data["seq"])
            seen |= {refs[row[0]]: row[2] for row in data["rows"]}
        assert numbers == sorted(set(numbers)), "seq grows with each"
        assert seen["sim.door"] in ("closed", "open") and seen["note.said"] == "begun"
        assert isinstance(seen["sim.sine@mean_10s"], float)
        await client.send(op="subscribe", id="b", series="sim.sequence", since=1)
        gap = await client.until(op="gap", id="b")
        assert gap["from"] < gap["to"]
        await client.until(op="data", id="b")
        await client.send(op="unsubscribe", id="nobody")
        assert (await client.until(op="error", id="nobody"))["code"] == "not_found"
        await client.send(op="subscribe", id="c", series=["a"] * 257)
        assert (await client.until(op="error", id="c"))["code"] == "limit"
        await client.socket.send("{")
        assert (await client.until(op="error", id=""))["code"] == "invalid"

    live(running, story)


def test_a_series_that_is_new_is_told(running):
    async def story(client):
        await client.send(op="subscribe", id=7, series=["new.*"])
        running.request("POST", "/api/v1/write", "new.one value=1\n")
        (item,) = (await client.until(op="series", id="7"))["series"]
        assert (item["key"], item["input"], item["kind"]) == ("new.one", "write", "gauge")
        assert (await client.until(op="data", id="7"))["rows"][0][2] == 1

    live(running, story)


SUBSCRIBE = {"op": "subscribe", "id": "x", "series": ["sim.sequence"]}
MESSAGES = [
    SUBSCRIBE,
    SUBSCRIBE | {"id": 7},
    SUBSCRIBE | {"id": "y" * 64},
    SUBSCRIBE | {"id": "y" * 65},
    SUBSCRIBE | {"id": ""},
    SUBSCRIBE | {"id": None},
    SUBSCRIBE | {"id": 1.5},
    SUBSCRIBE | {"series": "sim.sequence"},
    SUBSCRIBE | {"series": ["sim.sequence"] * 256},
    SUBSCRIBE | {"series": ["sim.sequence"] * 257},
    SUBSCRIBE | {"series": []},
    SUBSCRIBE | {"series": ""},
    SUBSCRIBE | {"series": [""]},
    SUBSCRIBE | {"series": [1]},
    SUBSCRIBE | {"series": {"a": 1}},
    SUBSCRIBE | {"rate": 1000},
    SUBSCRIBE | {"rate": 0.001},
    SUBSCRIBE | {"rate": None},
    SUBSCRIBE | {"rate": 0},
    SUBSCRIBE | {"rate": "fast"},
    SUBSCRIBE | {"since": 0},
    SUBSCRIBE | {"since": None},
    SUBSCRIBE | {"since": -1},
    SUBSCRIBE | {"since": 1.5},
    SUBSCRIBE | {"since": "1"},
    SUBSCRIBE | {"unknown": True},
    {"op": "subscribe", "series": ["sim.sequence"]},
    {"op": "subscribe", "id": "x"},
    {"op": "unsubscribe"},
    {"op": "Subscribe", "id": "x", "series": ["sim.sequence"]},
    {"id": "x"},
    {"op": None},
]


@pytest.mark.parametrize("message", MESSAGES, ids=[json.dumps(message)[:60] for message in MESSAGES])
def test_a_message_is_taken_when_the_document_allows_it_and_only_then(running, message):
    allowed = any(openapi.validator(schema).is_valid(message) for schema in openapi.messages("client").values())

    async def story(client):
        await client.socket.send(json.dumps(message))
        # Its subscription speaks, or the error does: one of the two comes first.
        answer = await client.next()
        assert (answer["op"] != "error") == allowed, answer
        if allowed:
            assert answer["id"] == str(message["id"])

    live(running, story)


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 426),
        ({"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Protocol": "soap, telltale.binary.v9"}, 400),
        ({"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://elsewhere.example"}, 403),
        ({"Upgrade": "websocket", "Connection": "Upgrade", "Host": "elsewhere.example"}, 421),
    ],
)
def test_a_websocket_is_refused_as_described(running, headers, status):
    handshake = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    answer = openapi.raw_call(running.port, "GET", "/api/v1/live", headers | handshake)
    assert answer.status == status, answer.text
    openapi.check_answer(answer, LIVE)


@pytest.mark.parametrize(
    "offered, chosen",
    [
        (["telltale.json.v1"], "telltale.json.v1"),
        (["other", "telltale.json.v1", "telltale.binary.v1"], "telltale.json.v1"),
        (["telltale.binary.v1", "telltale.json.v1"], "telltale.binary.v1"),
        (None, None),
    ],
)
def test_the_subprotocol_is_chosen_as_described(running, offered, chosen):
    async def connect():
        async with websockets.connect(f"ws://127.0.0.1:{running.port}/api/v1/live", subprotocols=offered) as socket:
            assert socket.subprotocol == chosen
            hello = await asyncio.wait_for(socket.recv(), 10 * SLOWNESS)
            if chosen == "telltale.binary.v1":
                assert isinstance(hello, bytes) and hello[0] == 1
            else:
                assert openapi.check_message(hello)["op"] == "hello"

    asyncio.run(connect())


def events(one, target: str, headers: dict | None = None):
    """The header of the stream, then its events as (event, id, data); ends with the test."""
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=15 * SLOWNESS)
    connection.request("GET", target, headers=headers or {})
    answer = connection.getresponse()
    try:
        yield Response(answer.status, answer.headers, b"")
        fields: dict[str, str] = {}
        while line := answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields:
                yield fields.get("event"), fields.get("id"), fields["data"]
                fields = {}
    finally:
        connection.close()


# Which event carries which message.
EVENT_OF = {"hello": "hello", "series": "series", "data": None, "gap": "gap", "error": "problem"}


def test_the_event_stream_is_as_described(running):
    schema = EVENTS["responses"]["200"]["content"]["text/event-stream"]["schema"]
    stream = events(running, "/api/v1/events?series=sim.*&since=1&rate=60")
    head = next(stream)
    assert head.status == 200 and head.headers["Content-Type"] == "text/event-stream"
    assert head.headers["X-Accel-Buffering"] == "no"
    seen, last = set(), None
    for event, number, text in stream:
        message = openapi.check_message(text)
        openapi.check(message, schema)
        assert EVENT_OF[message["op"]] == event
        assert (message["op"] == "hello") == (not seen), "hello is first, and once"
        assert message.get("id") == (None if message["op"] == "hello" else "events")
        if message["op"] == "data":
            assert number == str(message["seq"])
            last = number
        seen.add(message["op"])
        if seen == {"hello", "series", "data", "gap"}:
            break
    stream.close()
    again = events(running, "/api/v1/events?series=sim.*&rate=60", {"Last-Event-ID": last})
    next(again)
    ops = [openapi.check_message(next(again)[2])["op"] for _ in range(4)]
    again.close()
    assert ops == ["hello", "series", "data", "data"], "it goes on where it was: no gap"


def test_what_is_no_id_of_an_event_is_ignored(running):
    stream = events(running, "/api/v1/events?series=sim.*", {"Last-Event-ID": "of-another-server"})
    assert next(stream).status == 200
    assert [openapi.check_message(next(stream)[2])["op"] for _ in range(3)] == ["hello", "series", "data"]
    stream.close()
