"""Payloads that do not fit, with hostile ones among them: counted per reason, the last one shown with the input, escaped and
cut, whichever plugin they came to; and the input goes on."""
import os
import time

import pytest
from harness import wait_until
from modbus_slaves import Wire

CONFIG = """
inputs:
  - id: broker
    plugin: mqtt
    isolation: ISOLATION
    options:
      url: URL
      subscribe: [{topic: "plant/+/{sensor}", payload: json, value: $.value, name: "{sensor}.{1}"}]
"""


def refused(one, name: str = "broker") -> dict:
    return one.input(name)["refused"]


@pytest.fixture(params=["process", "none"])
def plant(daemon, broker, request):
    one = daemon(CONFIG.replace("URL", broker.url).replace("ISOLATION", request.param)).start()
    wait_until("it is subscribed", lambda: one.input("broker")["state"] == "running" and "connected to the broker" in one.log())
    return one


def test_a_hostile_payload_is_shown_escaped_and_cut(plant, broker):
    assert refused(plant) == {"reasons": {}, "count": 0, "last": None}
    before = time.time() * 1000

    def send(payload: bytes, count: int) -> dict:
        broker.publish_bytes("plant/hall2/oil\u00b0<b>", payload)
        wait_until("it is refused", lambda: refused(plant)["count"] == count)
        return refused(plant)["last"]

    script = b'<script>alert("\x00\x1b[2J")</script>\\x00\n'
    last = send(script, 1)
    assert last["payload"] == '<script>alert("\\x00\\x1b[2J")</script>\\\\x00\\n'
    assert last["source"] == "plant/hall2/oil\u00b0<b>"
    assert last["reason"] == "payload.not_json" and last["detail"] is None and last["bytes"] == len(script)
    assert before - 1000 <= last["time"] <= time.time() * 1000 + 1000
    last = send(b'{"value": "\xff\xc0\xaf"}', 2)
    assert last["payload"] == '{"value": "\\xff\\xc0\\xaf"}' and last["reason"] == "payload.not_utf8"
    last = send(b'{"value": "' + b"\x01" * 1_048_576 + b'"}', 3)
    assert last["bytes"] == 1_048_589 and len(last["payload"].encode()) <= 1024
    assert last["payload"].startswith('{"value": "\\x01\\x01') and last["payload"].endswith("\u2026")
    last = send("\u202egnp.exe\u2028".encode(), 4)
    assert last["payload"] == "\\u202egnp.exe\\u2028"
    reasons = refused(plant)["reasons"]
    assert reasons == {"payload.not_json": 2, "payload.not_utf8": 1, "payload.too_large": 1}
    counters = plant.input("broker")["counters"]
    assert {name: counters[name] for name in reasons} == reasons
    listed = plant.tool("input", "list").stdout
    assert "broker: payloads refused: " in listed and "payload.not_json 2" in listed
    assert "payload.not_json, from plant/hall2/oil\u00b0<b>: \\u202egnp.exe\\u2028" in listed
    broker.publish("plant/hall2/oil", '{"value": 5}')
    assert plant.wait_for_series("oil.hall2")["oil.hall2"]["value"] == 5


def test_a_restart_begins_a_new_book(plant, broker):
    broker.publish("plant/hall2/oil", "nonsense")
    wait_until("it is refused", lambda: refused(plant)["count"] == 1)
    assert plant.request("POST", "/api/v1/inputs/broker/restart").status == 204
    wait_until("it begins anew", lambda: refused(plant) == {"reasons": {}, "count": 0, "last": None})


def test_a_flood_of_nonsense_is_counted_and_readings_still_come(plant, broker):
    lines = b"".join(b"nonsense %d <script>\n" % number for number in range(5_000))
    broker.publish_lines("plant/hall2/oil", lines)
    wait_until("all are counted", lambda: refused(plant)["count"] == 5_000, 30)
    assert refused(plant)["last"]["payload"] == "nonsense 4999 <script>"
    broker.publish("plant/hall2/oil", '{"value": 5}')
    assert plant.wait_for_series("oil.hall2")["oil.hall2"]["value"] == 5


def test_a_webhook_names_its_path(daemon):
    one = daemon("inputs: [{id: shop, plugin: webhook, options: {events: [{name: orders, value: $.total}]}}]\n").start()
    wait_until("the input runs", lambda: one.input("shop")["state"] == "running")
    header = {"Content-Type": "application/json"}
    assert one.request("POST", "/api/v1/ingest/shop", b'{"total": <script>\x00', header).status == 400
    wait_until("it is refused", lambda: refused(one, "shop")["count"] == 1)
    last = refused(one, "shop")["last"]
    assert (last["reason"], last["source"]) == ("payload.not_json", "/api/v1/ingest/shop")
    assert last["payload"] == '{"total": <script>\\x00'
    assert one.request("POST", "/api/v1/ingest/shop", b'{"total": null}', header).status == 204
    wait_until("the event is told", lambda: refused(one, "shop")["reasons"].get("events.without_value") == 1)
    assert refused(one, "shop")["last"]["detail"] == "orders"


def test_a_serial_input_names_its_port(daemon):
    wire = Wire().plug_in()
    try:
        options = f"{{port: {wire.here}, payload: {{regex: 'W(?<weight>\\d+)'}}}}"
        one = daemon(f"inputs: [{{id: scale, plugin: serial, options: {options}}}]\n").start()
        wait_until("the port is open", lambda: one.input("scale")["counters"].get("port.opened"))
        device = os.open(wire.there, os.O_RDWR | os.O_NOCTTY)

        def is_refused() -> bool:
            os.write(device, b"\r\n<script>\x07\xff\r\n")  # the first may be passed over: the port was just opened
            return refused(one, "scale")["count"] > 0

        wait_until("it is refused", is_refused)
        last = refused(one, "scale")["last"]
        assert last["source"] == str(wire.here) and last["payload"] == "<script>\\x07\\xff"
        assert last["reason"] in ("payload.no_match", "payload.not_utf8")
        os.close(device)
    finally:
        wire.clean_up()
