"""The mqtt input against a real mosquitto."""
from harness import wait_until

CONFIG = """
inputs:
  - id: broker
    plugin: mqtt
    options:
      url: {url}
      subscribe:
        - {{topic: "plant/+/{{sensor}}", payload: json, value: $.value, name: "{{sensor}}.{{1}}"}}
"""


def is_subscribed(one) -> bool:
    """The process is `running` before it has first tried; the log speaks once the broker has taken the subscription."""
    return one.input("broker")["state"] == "running" and "connected to the broker" in one.log()


def test_a_published_value_appears(daemon, broker):
    one = daemon(CONFIG.format(url=broker.url)).start()
    wait_until("it is subscribed", lambda: is_subscribed(one))
    broker.publish("plant/hall2/temperature", '{"value": 21.5}')
    assert one.wait_for_series("temperature.hall2")["temperature.hall2"]["value"] == 21.5
    broker.publish("plant/hall2/temperature", '{"value": 22.25}')
    wait_until("the value changes", lambda: one.latest("temperature.hall2")["temperature.hall2"]["value"] == 22.25)
    assert [value for _, value in one.raw("temperature.hall2")] == [21.5, 22.25]


def test_payloads_that_do_not_fit_are_counted_and_stop_nothing(daemon, broker):
    one = daemon(CONFIG.format(url=broker.url)).start()
    wait_until("it is subscribed", lambda: is_subscribed(one))
    for payload in ("", "{", '{"value": "x"}', '{"other": 1}', "[" * 500, '{"value": 1e999}'):
        broker.publish("plant/hall2/temperature", payload)
    broker.publish("plant/hall2/temperature", '{"value": 5}')
    assert one.wait_for_series("temperature.hall2")["temperature.hall2"]["value"] == 5
    assert sum(one.input("broker")["counters"].values()) >= 6
    assert len(one.raw("temperature.hall2")) == 1


def test_it_starts_with_the_broker_down_and_survives_its_restart(daemon, broker):
    broker.stop()
    one = daemon(CONFIG.format(url=broker.url)).start()
    wait_until("it says that it waits", lambda: one.input("broker")["state"] in ("connecting", "failing"))
    for value in (1, 2):
        broker.start()
        wait_until("it is connected", lambda: one.input("broker")["state"] == "running", 30)
        broker.publish("plant/a/b", f'{{"value": {value}}}')
        wait_until("the value is there", lambda: one.latest("b.a").get("b.a", {}).get("value") == value)  # noqa: B023
        broker.stop()
        wait_until("it notices the loss", lambda: one.input("broker")["state"] != "running")
    assert one.stop() == 0
