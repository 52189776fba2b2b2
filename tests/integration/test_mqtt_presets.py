"""The examples of the mqtt presets, run against a real broker, with payloads as the devices' makers document them."""
import json

import pytest
from harness import ROOT, wait_until

CASES = {
    "homeassistant": (
        [
            ("homeassistant/sensor/bedroom/config", json.dumps({
                "name": "Temperature", "state_topic": "bedroom/state", "unit_of_measurement": "°C",
                "value_template": "{{ value_json.temperature | round(1) }}", "unique_id": "b1",
                "device": {"identifiers": ["b"], "name": "Bedroom"}}), True),
            ("bedroom/state", '{"temperature": 23.456}', True),
        ],
        {"bedroom.temperature": 23.5},
    ),
    "zigbee2mqtt": ([("zigbee2mqtt/hall", '{"temperature": 21.5, "linkquality": 80}', False)], {"hall.temperature": 21.5}),
    "tasmota": (
        [("tele/plug/SENSOR", '{"Time":"2026-01-01T10:00:00","ENERGY":{"Total":12.3,"Power":45}}', False)],
        {"plug.energy.power": 45, "plug.energy.total": 12.3},
    ),
    "shelly": (
        [
            ("shellies/shelly1pm-1/relay/0/power", "23.4", False),
            ("plus1/events/rpc", '{"src":"plus1","method":"NotifyStatus","params":{"ts":1767225600,"switch:0":{"id":0,"apower":8.9}}}', False),
        ],
        {"shelly1pm-1.relay.0.power": 23.4, "plus1.switch.0.apower": 8.9},
    ),
}  # fmt: skip


def example(name: str, url: str) -> str:
    text = (ROOT / f"config/examples/mqtt-{name}.yaml").read_text()
    assert "mqtt://127.0.0.1:1883" in text
    return text.replace("mqtt://127.0.0.1:1883", url)


@pytest.mark.parametrize("name", CASES)
def test_the_example_makes_series_of_documented_payloads(daemon, broker, name):
    messages, expected = CASES[name]
    one = daemon(example(name, broker.url)).start()
    wait_until("it is subscribed", lambda: "connected to the broker" in one.log())
    for topic, payload, retained in messages:
        broker.publish(topic, payload, *(["-r"] if retained else []))
    for key, value in expected.items():
        assert one.wait_for_series(key)[key]["value"] == value


def test_a_retained_message_is_stale_until_a_live_one_comes(daemon, broker):
    broker.publish("zigbee2mqtt/hall", '{"temperature": 20}', "-r")
    one = daemon(example("zigbee2mqtt", broker.url)).start()
    assert one.wait_for_series("hall.temperature")["hall.temperature"]["quality"] == "stale"
    broker.publish("zigbee2mqtt/hall", '{"temperature": 21}')
    wait_until("it is good", lambda: one.latest("hall.temperature")["hall.temperature"]["quality"] == "good")


def test_topics_that_are_discovered_are_subscribed_to_again_after_a_loss(daemon, broker):
    one = daemon(example("homeassistant", broker.url)).start()
    wait_until("it is subscribed", lambda: "connected to the broker" in one.log())
    config = json.dumps({"state_topic": "late/state", "object_id": "late", "unit_of_measurement": "K"})
    broker.publish("homeassistant/sensor/late/config", config)  # not retained: only this input remembers it
    broker.publish("late/state", "1", "-r")
    wait_until("the first value is there", lambda: one.latest("late").get("late", {}).get("value") == 1)
    broker.stop()
    wait_until("it notices the loss", lambda: one.input("broker")["state"] != "running")
    broker.start()
    wait_until("it is subscribed again", lambda: one.log().count("connected to the broker") == 2, 30)
    broker.publish("late/state", "2")
    wait_until("the next value is there", lambda: one.latest("late")["late"]["value"] == 2)
