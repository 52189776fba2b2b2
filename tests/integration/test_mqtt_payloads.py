"""The shared payload forms over MQTT, as the example has them, against a real broker; hostile payloads are refused, counted
per reason, and the input goes on."""
import struct

import pytest
from harness import ROOT, wait_until


@pytest.fixture
def plant(daemon, broker):
    text = (ROOT / "config/examples/mqtt-payloads.yaml").read_text()
    assert "mqtt://127.0.0.1:1883" in text
    one = daemon(text.replace("mqtt://127.0.0.1:1883", broker.url)).start()
    wait_until("it is subscribed", lambda: one.input("broker")["state"] == "running" and "connected to the broker" in one.log())
    return one


def values(one, key: str) -> list[float]:
    return [value for _, value in one.raw(key)]


def shows(one, key: str, value, quality: str = "good") -> bool:
    row = one.latest(key).get(key, {})
    return row.get("quality") == quality and (quality == "bad" or row.get("value") == value)


def test_csv_with_range_and_deadband(plant, broker):
    for row in ("21.5,48,1013", "21.6,48.5,1013", "22,50,1013", "99,51.5,1013"):
        broker.publish("logger/h2", row)
    wait_until("the value out of range is bad", lambda: shows(plant, "h2.temperature", None, "bad"))
    broker.publish("logger/h2", "22.125,51.5,1013")
    wait_until("the next one is good", lambda: shows(plant, "h2.temperature", 22.125))
    assert [value for value in values(plant, "h2.temperature") if value is not None] == [21.5, 22, 22.125]
    assert values(plant, "h2.humidity") == [48, 50, 51.5]
    described = {item["key"]: item for item in plant.get("/api/v1/series", match="h2.*")}
    assert described["h2.temperature"]["unit"] == "°C" and set(described) == {"h2.temperature", "h2.humidity"}
    refused = plant.input("broker")["refused"]
    assert refused["reasons"] == {"value.out_of_range": 1}
    assert (refused["last"]["source"], refused["last"]["payload"]) == ("logger/h2", "99,51.5,1013")
    assert refused["last"]["detail"] == "temperature"


def test_regex_with_scale_and_label(plant, broker):
    broker.publish("scale/7", "ST,GS,W  1234.5 kg")
    broker.publish("scale/8", "ST,GS,W -5 kg")
    key = 'scale.weight{scale="7"}'
    wait_until("both are there", lambda: shows(plant, key, 1.2345) and shows(plant, 'scale.weight{scale="8"}', -0.005))
    described = {item["key"]: item for item in plant.get("/api/v1/series", match="scale.*")}
    assert described[key]["unit"] == "t" and described[key]["labels"] == {"scale": "7"}
    broker.publish("scale/7", "ST,GS,W 9000 kg")
    wait_until("too heavy is bad", lambda: shows(plant, key, None, "bad"))
    broker.publish("scale/7", "no weight here")
    wait_until("it is counted", lambda: plant.input("broker")["counters"].get("payload.no_match") == 1)


def test_binary_with_scale_offset_range_and_deadband(plant, broker):
    def send(level: int, battery: int = 3600, flags: int = 0) -> None:
        broker.publish_bytes("node/a1/up", struct.pack(">h", level) + struct.pack("<H", battery) + bytes([flags, 0]))

    send(1000)
    wait_until("scaled, with the offset", lambda: shows(plant, "a1.level", 105) and shows(plant, "a1.battery", 3.6))
    send(1003)  # within the deadband
    send(1006, flags=0x80)
    wait_until("beyond the deadband", lambda: shows(plant, "a1.level", pytest.approx(105.6)))
    wait_until("the alarm is on", lambda: shows(plant, "a1.alarm", "yes") or shows(plant, "a1.alarm", 1))
    send(-2000)
    wait_until("out of range is bad", lambda: shows(plant, "a1.level", None, "bad"))
    assert [value for value in values(plant, "a1.level") if value is not None] == [105, pytest.approx(105.6)]
    broker.publish_bytes("node/a1/up", b"\x00\x01\x02")
    wait_until("a short one is counted", lambda: plant.input("broker")["counters"].get("payload.wrong_size") == 1)


def test_calibration_pairs_with_a_time_and_names_of_fields(plant, broker):
    broker.publish("ntc/1", "1536")
    wait_until("by the table", lambda: shows(plant, "ntc.1", pytest.approx((48.7 + 25) / 2)))
    broker.publish("status/pump", "speed=1450;mode=auto;ts=24.11.2026 19:30:00")
    wait_until("speed and mode", lambda: shows(plant, "status.pump.speed", 1450))
    assert plant.raw("status.pump.speed", "2026-11-24T00:00:00Z")[0][0] == 1_795_545_000_000
    broker.publish("site", '{"site": "north", "t": 21.5}')
    wait_until("named by its field", lambda: shows(plant, "north.t", 21.5))


HOSTILE = {
    "a megabyte": ("logger/x", b"1" * 1_048_576, "payload.too_large"),
    "a megabyte of JSON text": ("site", b'{"site": "' + b"x" * 1_048_576 + b'"}', "payload.too_large"),
    "10,000 columns": ("logger/x", b"1," * 10_000, "payload.too_many_fields"),
    "10,000 fields": ("site", b"{" + b",".join(b'"k%d":1' % i for i in range(10_000)) + b"}", "payload.too_many_values"),
    "deep nesting": ("site", b"[" * 5_000 + b"]" * 5_000, "payload.too_deep"),
    "NaN": ("site", b'{"site": "a", "t": NaN}', "payload.not_finite"),
    "a key twice": ("site", b'{"t": 1, "t": 2}', "payload.duplicate_key"),
    "no UTF-8": ("logger/x", b"\xff\xfe,1,2", "payload.not_utf8"),
    "no UTF-8 in pairs": ("status/x", b"a=\xff\xfe", "payload.not_utf8"),
    "a script": ("scale/x", b"<script>alert(1)</script>\x00", "payload.no_match"),
    "a number that is none": ("ntc/x", b"0x10", "payload.not_a_number"),
    "a long message of bytes": ("node/x/up", bytes(100_000), "payload.wrong_size"),
}


def test_hostile_payloads_are_refused_counted_and_stop_nothing(plant, broker):
    for index, (name, (topic, payload, reason)) in enumerate(HOSTILE.items(), start=1):
        broker.publish_bytes(topic, payload)
        wait_until(f"{name} is refused", lambda: plant.input("broker")["refused"]["count"] == index)  # noqa: B023
        refused = plant.input("broker")["refused"]
        assert refused["last"]["reason"] == reason
        assert (refused["last"]["source"], refused["last"]["bytes"]) == (topic, len(payload))
        assert len(refused["last"]["payload"].encode()) <= 1024
    broker.publish("logger/h2", "21.5,48,1013")
    assert plant.wait_for_series("h2.temperature")["h2.temperature"]["value"] == 21.5
    assert {item["key"] for item in plant.get("/api/v1/series")} == {"h2.temperature", "h2.humidity"}
    state = plant.input("broker")
    assert state["state"] == "running" and state["restarts"] == 0
    wanted = {reason: sum(1 for row in HOSTILE.values() if row[2] == reason) for _, _, reason in HOSTILE.values()}
    assert state["refused"]["reasons"] == wanted
    assert {name: state["counters"][name] for name in wanted} == wanted
