"""What the mqtt input promises of its session: nothing lost over restarts, will and birth, silence noticed.

TELLTALE_MQTT_RESTARTS says how often the broker is restarted under load (10).
"""
import os
import subprocess
import threading

from harness import wait_until
from mosquitto import Broker

RESTARTS = int(os.environ.get("TELLTALE_MQTT_RESTARTS", "10"))
CONFIG = """
inputs:
  - id: broker
    plugin: mqtt
    options:
      url: {url}
      version: {version}
      client_id: press-7
      clean_session: false
      {more}
      subscribe: [{{topic: "t/#", qos: {qos}, name: t, kind: event, payload: text}}]
"""
PERSISTENT = "allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 100\npersistence true\npersistence_location {home}/\nautosave_interval 1\nautosave_on_changes true\n"


def connections(one) -> int:
    return one.log().count("connected to the broker")


class Publisher:
    """Publishes 1, 2, 3, … with quality of service 1, each once and again until the broker has said that it has it."""

    def __init__(self, broker):
        self.broker, self.sent, self.stopping = broker, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while not self.stopping.is_set():
            command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1", "-t", "t/n", "-m", str(self.sent + 1)]
            if subprocess.run(command, capture_output=True, timeout=30).returncode == 0:
                self.sent += 1

    def stop(self) -> int:
        self.stopping.set()
        self.thread.join()
        return self.sent


def texts(one) -> set[str]:
    return {str(row[1]) for row in one.raw("t")}


def check_restarts(daemon, version: str, qos: int, rounds: int) -> None:
    broker = Broker()
    broker.extra = PERSISTENT.format(home=broker.home)
    broker.start()
    try:
        one = daemon(CONFIG.format(url=broker.url, version=version, qos=qos, more="")).start()
        wait_until("it is subscribed", lambda: connections(one) == 1)
        publisher = Publisher(broker)
        try:
            for done in range(rounds):
                before = publisher.sent
                wait_until("messages are sent", lambda: publisher.sent > before + 2, 30)  # noqa: B023
                broker.stop()
                broker.start()
                wait_until("it is subscribed again", lambda: connections(one) == done + 2, 60)  # noqa: B023
        finally:
            sent = publisher.stop()
        wait_until("the last message is there", lambda: str(sent) in texts(one), 30)
        missing = {str(number) for number in range(1, sent + 1)} - texts(one)
        assert missing == set(), f"{len(missing)} of {sent} messages lost over {rounds} restarts"
    finally:
        broker.clean_up()


def test_restarts_of_the_broker_lose_nothing(daemon):
    check_restarts(daemon, "3.1.1", 1, RESTARTS)


def test_restarts_of_the_broker_lose_nothing_with_mqtt_5_and_exactly_once(daemon):
    check_restarts(daemon, "5", 2, 3)


def test_the_broker_keeps_messages_until_the_session_expires(daemon, broker):
    """MQTT 5: `session_expiry` is what the broker goes by, counted from the end of the connection."""

    def log() -> str:
        return (broker.home / "mosquitto.log").read_text(errors="replace")

    def send(text: str) -> None:
        broker.publish("t/n", text, "-q", "1")

    one = daemon(CONFIG.format(url=broker.url, version="5", qos=1, more="session_expiry: 1h"))
    one.start()
    wait_until("it is subscribed", lambda: connections(one) == 1)
    assert one.stop() == 0
    send("kept")
    one.start()
    wait_until("what came meanwhile is there", lambda: texts(one) == {"kept"})
    wait_until("it is subscribed", lambda: connections(one) == 2)
    assert one.stop() == 0

    # The next connection brings a shorter one.
    path = one.config_path
    path.write_text(path.read_text().replace("session_expiry: 1h", "session_expiry: 1s"))
    one.start()
    wait_until("it is subscribed", lambda: connections(one) == 3)
    assert one.stop() == 0
    wait_until("the broker forgets the session", lambda: "Expiring client press-7" in log(), 30)
    send("lost")
    one.start()
    wait_until("it is subscribed", lambda: connections(one) == 4)
    send("live")
    wait_until("the live one is there", lambda: "live" in texts(one))
    assert texts(one) == {"kept", "live"}


def test_two_devices_share_the_messages_of_a_group(daemon, broker):
    """Each message goes to one of them; when one is gone, the other gets all."""
    config = """
device: {{name: {name}}}
inputs: [{{id: one, plugin: mqtt, options: {{url: {url}, version: "5", subscribe: [{{topic: "$share/g/s/#", name: shared, qos: 1}}]}}}}]
"""
    first, second = (daemon(config.format(name=name, url=broker.url)).start() for name in ("first", "second"))
    wait_until("both are subscribed", lambda: connections(first) == 1 and connections(second) == 1)

    def got() -> list[float]:
        return sorted(row[1] for one in (first, second) for row in one.raw("shared"))

    for value in range(20):
        broker.publish("s/a", str(value), "-q", "1")
    wait_until("each came once", lambda: got() == list(range(20)))
    assert first.raw("shared") and second.raw("shared")
    alone = len(first.raw("shared"))
    assert second.stop() == 0
    for value in range(20, 30):
        broker.publish("s/a", str(value), "-q", "1")
    wait_until("the other has all of them", lambda: len(first.raw("shared")) == alone + 10)


def test_the_will_and_the_birth_are_published(daemon, broker):
    more = "will: {topic: who/press-7, payload: gone}\n      birth: {topic: who/press-7, payload: here}"
    one = daemon(CONFIG.format(url=broker.url, version="5", qos=1, more=more)).start()

    def who() -> str:
        command = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-t", "who/press-7", "-C", "1", "-W", "5"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.strip()

    wait_until("the birth is published", lambda: who() == "here", 30)
    one.kill()
    wait_until("the will is published", lambda: who() == "gone", 30)


def test_a_silent_connection_is_made_anew(daemon, broker):
    one = daemon(CONFIG.format(url=broker.url, version="3.1.1", qos=1, more="silence: 1s")).start()
    wait_until("it has connected again", lambda: connections(one) >= 2, 30)
    assert one.input("broker")["counters"]["connection.silent"] >= 1


def test_messages_shared_by_a_group_come_once(daemon, broker):
    config = """
inputs:
  - {{id: one, plugin: mqtt, options: {{url: {url}, subscribe: [{{topic: "$share/g/s/#", name: one}}]}}}}
  - {{id: two, plugin: mqtt, options: {{url: {url}, subscribe: [{{topic: "$share/g/s/#", name: two}}]}}}}
"""
    one = daemon(config.format(url=broker.url)).start()
    wait_until("both are subscribed", lambda: connections(one) == 2)
    for value in range(20):
        broker.publish("s/a", str(value))
    wait_until("all are there", lambda: len(one.raw("one")) + len(one.raw("two")) == 20)
    assert sorted(row[1] for row in one.raw("one") + one.raw("two")) == list(range(20))
    assert one.raw("one") and one.raw("two")
