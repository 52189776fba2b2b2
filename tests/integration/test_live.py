"""Readings as they happen: Server-Sent Events for curl, WebSocket for a client that was not written here."""
import asyncio
import json

import pytest
import websockets
from harness import SLOWNESS
from streams import EventStream

CONFIG = """
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 20ms
      waves:
        - {name: sim.sequence, shape: sequence}
        - {name: sim.door, shape: state, states: [closed, open], period: 100ms}
        - {name: other.sine, shape: sine, unit: °C}
"""


def test_curl_prints_readings_as_they_happen(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    with EventStream(one, "sim.*") as stream:
        readings = stream.readings(40)
    sequence = [value for key, _, value in readings if key == "sim.sequence"]
    assert len(sequence) >= 10
    assert sequence == list(range(int(sequence[0]), int(sequence[0]) + len(sequence))), "none left out"
    assert {value for key, _, value in readings if key == "sim.door"} <= {"closed", "open"}
    assert {key for key, _, _ in readings} == {"sim.sequence", "sim.door"}


def test_a_window_statistic_can_be_followed(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    with EventStream(one, "sim.sequence@max_10s") as stream:
        readings = stream.readings(3)
    assert {key for key, _, _ in readings} == {"sim.sequence@max_10s"}
    assert [value for _, _, value in readings] == sorted(value for _, _, value in readings)


def test_last_event_id_resumes_without_a_hole(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    with EventStream(one, "sim.sequence") as stream:
        while True:
            last_id, frame = stream.next_frame()
            if frame["op"] == "data":
                break
        last_value = frame["rows"][-1][2]
    assert last_id == str(frame["seq"])
    with EventStream(one, "sim.sequence", "-H", f"Last-Event-ID: {last_id}") as stream:
        resumed = [value for _, _, value in stream.readings(5)]
    assert resumed[0] == last_value + 1, "goes on where the other stream ended"
    assert resumed == list(range(int(resumed[0]), int(resumed[0]) + len(resumed)))


async def frames_until(client, op: str, seconds: float = 10) -> dict:
    while True:
        frame = json.loads(await asyncio.wait_for(client.recv(), seconds * SLOWNESS))
        if frame["op"] == op:
            return frame


async def follow(port: int) -> None:
    url = f"ws://127.0.0.1:{port}/api/v1/live"
    async with websockets.connect(url, subprotocols=["telltale.json.v1"]) as client:
        assert client.subprotocol == "telltale.json.v1"
        hello = json.loads(await client.recv())
        assert hello["op"] == "hello"
        assert {"version", "boot", "time"} <= hello.keys()
        await client.send(json.dumps({"op": "subscribe", "id": "a", "series": ["sim.sequence"], "rate": 20}))
        series = await frames_until(client, "series")
        assert series["id"] == "a"
        assert [item["key"] for item in series["series"]] == ["sim.sequence"]
        values = []
        while len(values) < 20:
            data = await frames_until(client, "data")
            assert data["id"] == "a"
            assert {row[0] for row in data["rows"]} == {series["series"][0]["ref"]}
            values += [row[2] for row in data["rows"]]
        assert values == list(range(int(values[0]), int(values[0]) + len(values)))
        await client.send(json.dumps({"op": "subscribe", "id": "b", "series": ["{{"]}))
        error = await frames_until(client, "error")
        assert error["id"] == "b" and error["code"] and error["message"]
        await client.send(json.dumps({"op": "unsubscribe", "id": "a"}))
        await client.send(json.dumps({"op": "subscribe", "id": "c", "series": ["other.*"]}))
        while (await frames_until(client, "data"))["id"] != "c":
            pass
        assert (await frames_until(client, "data"))["id"] == "c", "the ended subscription is silent"


def test_a_websocket_client_subscribes_and_receives(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    asyncio.run(follow(one.port))


async def send_and_see(port: int, message: str | bytes) -> None:
    """The daemon answers with an error frame or closes; it never goes down."""
    async with websockets.connect(f"ws://127.0.0.1:{port}/api/v1/live", subprotocols=["telltale.json.v1"]) as client:
        try:
            await client.send(message)
            await frames_until(client, "error")
        except websockets.ConnectionClosed:
            pass


# With names: pytest puts a parameter's text into its environment, and neither fits there.
NO_MESSAGES = ["", "{", "[]", '{"op":7}', '{"op":"no such"}', '{"op":"subscribe"}']
NO_MESSAGES += [pytest.param(b"\xff\x00", id="binary"), pytest.param("x" * 2_000_000, id="endless")]


@pytest.mark.parametrize("message", NO_MESSAGES)
def test_what_is_no_message_is_refused(daemon, message):
    one = daemon(CONFIG).start()
    asyncio.run(send_and_see(one.port, message))
    assert one.is_ready()
