"""The mqtt-out sink against a real mosquitto: JSON, Home Assistant's discovery, outages; and Sparkplug B with a host
application written elsewhere (npm's sparkplug-payload)."""
import contextlib
import json
import queue
import socket
import subprocess
import threading
import time

import pytest
from harness import SLOWNESS, free_port, wait_until
from mosquitto import Authority, Broker
from sinks import now_ms, post, sink
from sparkplug import Host, installed

CONFIG = """
server: {write: loopback}
storage: {commit: 1s}
sinks:
  - id: out
    plugin: mqtt-out
    options: {url: "URL", node: press-7MORE}
    series: ["press.*"]
"""


def config_for(url: str, more="") -> str:
    return CONFIG.replace("URL", url).replace("MORE", more)


class Listener:
    """mosquitto_sub: (topic, payload, retained) of what arrives from now on, and of what is retained."""

    def __init__(self, broker, *topics: str):
        command = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-F", "%t\x1f%r\x1f%p"]
        for topic in (*topics, "listener/ready"):
            command += ["-t", topic]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.messages: queue.Queue[tuple[str, str, bool]] = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        broker.publish("listener/ready", "yes", "-r", "-q", "1")
        before = []
        while (message := self.messages.get(timeout=20 * SLOWNESS))[0] != "listener/ready":
            before.append(message)
        for message in before:  # what is retained
            self.messages.put(message)

    def read(self) -> None:
        for line in self.process.stdout:
            topic, retained, payload = line.rstrip("\n").split("\x1f")
            self.messages.put((topic, payload, retained == "1"))

    def wait_for(self, topic: str, wanted=lambda payload: True) -> tuple[str, bool]:
        """The next message of the topic whose payload is wanted."""
        while True:
            name, payload, retained = self.messages.get(timeout=20 * SLOWNESS)
            if name == topic and wanted(payload):
                return payload, retained

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def listen():
    made = []

    def make(broker, *topics) -> Listener:
        made.append(Listener(broker, *topics))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_each_reading_is_a_message_that_says_all(daemon, broker, listen):
    one = daemon(config_for(broker.url)).start()
    listener = listen(broker, "telltale/#")
    assert listener.wait_for("telltale/press-7/status")[0] == "online"
    now = now_ms()
    post(one, f'press.oil.temperature,line=a value=21.5 {now * 1_000_000}\npress.note value="it \\"began\\"" {now * 1_000_000}\n')
    wait_until("both are acknowledged", lambda: sink(one)["sent"] == 2)
    reading = json.loads(listener.wait_for("telltale/press-7/press/oil/temperature")[0])
    assert reading == {"series": "press.oil.temperature", "labels": {"line": "a"}, "time": now, "value": 21.5, "quality": "good"}
    note = json.loads(listener.wait_for("telltale/press-7/press/note")[0])
    assert note == {"series": "press.note", "time": now, "text": 'it "began"', "quality": "good"}
    late = listen(broker, "telltale/press-7/press/oil/temperature")
    assert late.wait_for("telltale/press-7/press/oil/temperature")[1], "the latest is retained"
    one.kill()
    assert listener.wait_for("telltale/press-7/status", lambda text: text == "offline"), "its will"


def test_a_stop_says_goodbye(daemon, broker, listen):
    one = daemon(config_for(broker.url, ', status: "state/{node}/{id}"')).start()
    listener = listen(broker, "state/#")
    assert listener.wait_for("state/press-7/out")[0] == "online"
    assert one.stop() == 0
    assert listener.wait_for("state/press-7/out", lambda text: text == "offline")[0] == "offline"


def test_an_outage_loses_nothing_and_retains_nothing_old(daemon, broker, listen):
    one = daemon(config_for(broker.url, ', form: batch, topic: "all/{node}"')).start()
    listener = listen(broker, "all/#")
    arrived: dict[int, float] = {}

    def all_of(wanted) -> None:
        while arrived.keys() < wanted.keys():
            payload, retained = listener.wait_for("all/press-7")
            assert not retained
            for reading in json.loads(payload)["readings"]:
                arrived[reading["time"]] = reading["value"]

    posted = {now_ms() + i: float(i) for i in range(200)}
    for time_ms, value in list(posted.items())[:50]:
        post(one, f"press.a value={value} {time_ms * 1_000_000}\n")
    wait_until("they are acknowledged", lambda: sink(one)["sent"] >= 50)
    all_of(dict(list(posted.items())[:50]))
    broker.stop()
    for time_ms, value in list(posted.items())[50:]:
        post(one, f"press.a value={value} {time_ms * 1_000_000}\n")
    wait_until("the sink says so", lambda: sink(one)["state"] == "failing")
    listener.close()
    one.kill()
    one.start()
    broker.start()
    # Subscribed before the sink is back? Not for sure: so what counts is that the broker acknowledged, and nothing is owed.
    wait_until("all is acknowledged", lambda: sink(one)["sent"] > 0 and not sink(one)["backlog"] and not sink(one)["waiting"], 20)
    listener = listen(broker, "all/#")
    post(one, f"press.a value=-1 {now_ms() * 1_000_000}\n")
    payload, _ = listener.wait_for("all/press-7", lambda text: -1 in [reading["value"] for reading in json.loads(text)["readings"]])
    assert "historical" not in payload
    assert sink(one)["parked"] == 0 and sink(one)["lost"] == 0


def test_over_tls_and_mqtt_5_with_a_client_certificate(daemon, listen, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.sign("server", "IP:127.0.0.1")
    mine, my_key = authority.sign("press")
    broker = Broker()
    broker.ports["tls"] = free_port()
    broker.extra = (
        f"allow_anonymous true\nlistener {broker.ports['tls']} 127.0.0.1\ncafile {authority.ca}\ncertfile {certificate}\n"
        f"keyfile {key}\nrequire_certificate true\n"
    )
    try:
        broker.start()
        more = f", version: 5, tls: {{ca: {authority.ca}, cert: {mine}, key: {my_key}}}"
        one = daemon(config_for(f"mqtts://127.0.0.1:{broker.ports['tls']}", more)).start()
        listener = listen(broker, "telltale/#")
        for i in range(100):  # more than a broker of MQTT 5 takes at a time
            post(one, f"press.a{i} value={i} {now_ms() * 1_000_000}\n")
        wait_until("all are acknowledged", lambda: sink(one)["sent"] == 100)
        assert json.loads(listener.wait_for("telltale/press-7/press/a99")[0])["value"] == 99
    finally:
        broker.clean_up()


def test_home_assistant_is_told_and_what_is_filtered_out_is_withdrawn(daemon, broker, listen):
    more = ", homeassistant: {prefix: ha, forget_after: 1s}"
    one = daemon(config_for(broker.url, more)).start()
    listener = listen(broker, "ha/#")
    line = f"press.oil.temperature value=21.5 {now_ms() * 1_000_000}\npress.on value=true {now_ms() * 1_000_000}\n"
    post(one, line)
    configs = {}
    while len(configs) < 2:
        topic, payload, _ = listener.messages.get(timeout=20 * SLOWNESS)
        configs[json.loads(payload)["name"]] = (topic, json.loads(payload))
    topic, config = configs["press.oil.temperature"]
    assert topic.startswith("ha/sensor/telltale_press-7/press_oil_temperature_") and topic.endswith("/config")
    assert config["state_topic"] == "telltale/press-7/press/oil/temperature"
    assert config["availability_topic"] == "telltale/press-7/status" and config["state_class"] == "measurement"
    assert config["value_template"] == "{{ value_json.value }}" and config["device"]["name"] == "press-7"
    assert configs["press.on"][1]["value_template"] == "{{ value_json.state }}"
    assert listen(broker, "ha/#").wait_for(topic)[1], "it is retained"
    assert one.stop() == 0
    one.config_path.write_text(config_for(broker.url, more).replace('"press.*"', '"press.oil.*"'), encoding="utf-8")
    one.start()
    post(one, f"press.oil.temperature value=22 {now_ms() * 1_000_000}\n")
    assert listener.wait_for(configs["press.on"][0], lambda text: text == "")[0] == "", "the series is not sent any more"
    kept = listen(broker, "ha/#")
    assert json.loads(kept.wait_for(topic)[0]) == config


@pytest.fixture(scope="session")
def programs():
    return installed()


@pytest.fixture
def host(programs, broker):
    one = Host(programs, broker.port)
    yield one
    one.kill()


SPARKPLUG = ", form: sparkplug, sparkplug: {group: hall, device_label: machine}"


def metrics(message: dict, by: str) -> dict:
    return {metric[by]: metric for metric in message["payload"]["metrics"] if by in metric}


def test_a_host_application_sees_births_data_by_alias_and_the_death(daemon, broker, host):
    one = daemon(config_for(broker.url, SPARKPLUG)).start()
    birth = host.wait_for("NBIRTH")
    assert birth["topic"] == "spBv1.0/hall/NBIRTH/press-7" and not birth["retained"] and birth["payload"]["seq"] == 0
    names = metrics(birth, "name")
    assert names["Node Control/Rebirth"]["value"] is False
    bd_seq = names["bdSeq"]["value"]
    now = now_ms()
    post(one, f"press.oil value=1.5 {now * 1_000_000}\n")
    birth = host.wait_for("NBIRTH")
    metric = metrics(birth, "name")["press/oil"]
    assert metric["value"] == 1.5 and metric["timestamp"] == now and metric["type"] == "Double"
    assert birth["payload"]["seq"] == 0 and metrics(birth, "name")["bdSeq"]["value"] == bd_seq
    data = host.wait_for("NDATA")
    assert data["payload"]["seq"] == 1 and "name" not in metrics(data, "alias")[metric["alias"]]
    post(one, f'press.oil,machine=saw value=7 {now_ms() * 1_000_000}\npress.note,machine=saw value="text" {now_ms() * 1_000_000}\n')
    device = host.wait_for("DBIRTH")
    assert device["topic"] == "spBv1.0/hall/DBIRTH/press-7/saw" and device["payload"]["seq"] == 2
    assert metrics(device, "name")["press/oil"]["value"] == 7 and metrics(device, "name")["press/note"]["value"] == "text"
    assert host.wait_for("DDATA")["payload"]["seq"] == 3
    one.kill()
    death = host.wait_for("NDEATH")
    assert metrics(death, "name")["bdSeq"]["value"] == bd_seq, "the death is of that birth"


def test_a_host_application_asks_for_the_birth(daemon, broker, host):
    one = daemon(config_for(broker.url, SPARKPLUG)).start()
    post(one, f"press.oil value=1.5 {now_ms() * 1_000_000}\npress.oil,machine=saw value=2 {now_ms() * 1_000_000}\n")
    host.wait_for("DDATA")
    host.ask_for_birth("hall", "press-7")
    birth = host.wait_for("NBIRTH")
    assert birth["payload"]["seq"] == 0 and metrics(birth, "name")["press/oil"]["value"] == 1.5
    assert host.wait_for("DBIRTH")["payload"]["seq"] == 1


class Relay:
    """Passes TCP connections on to the broker, until it is cut: the sink is away from it then, and nobody else is."""

    def __init__(self, port: int):
        self.to, self.port, self.open = port, free_port(), []
        self.mend()

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self.to))
            self.open += [here, there]
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        # Not close(): the other thread waits in recv() and would keep the connection open.
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open.clear()


def test_what_is_caught_up_is_historical(daemon, broker, host):
    relay = Relay(broker.port)
    one = daemon(config_for(f"mqtt://127.0.0.1:{relay.port}", SPARKPLUG)).start()
    now = now_ms()
    post(one, f"press.oil value=1 {now * 1_000_000}\n")
    assert "isHistorical" not in metrics(host.wait_for("NDATA"), "alias")[1]
    wait_until("the broker's word for it is there", lambda: sink(one)["sent"] == 1)
    relay.cut()
    host.wait_for("NDEATH")
    missed = now_ms()
    post(one, f"press.oil value=2 {missed * 1_000_000}\n")
    wait_until("it was not taken", lambda: sink(one)["retries"] > 0)
    newest = now_ms()
    post(one, f"press.oil value=3 {newest * 1_000_000}\n")
    relay.mend()
    alias = metrics(host.wait_for("NBIRTH"), "name")["press/oil"]["alias"]
    found = {}
    while 2 not in found or 3 not in found:
        for metric in host.wait_for("NDATA")["payload"]["metrics"]:
            assert metric["alias"] == alias
            found[metric["value"]] = (metric["timestamp"], metric.get("isHistorical", False))
    assert found[2] == (missed, True), "it comes from the history"
    relay.cut()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (', topic: "a/#"', "no '#'"),
        (', topic: "a/{series"', "missing"),
        (', form: batch, topic: "a/{series}"', "a batch is of many series"),
        (", form: batch, homeassistant: {}", "needs 'form: series'"),
        (", form: sparkplug, sparkplug: {group: a/b}", "an id of Sparkplug"),
        (', status: "{line}"', "only {node} and {id}"),
        (", tls: {}", "mqtts://"),
        (", password: x", "username"),
    ],
)
def test_mistakes_are_named(daemon, broker, more, why):
    one = daemon(config_for(broker.url, more)).start()
    wait_until("it is said", lambda: why in sink(one)["reason"] + sink(one)["last_error"] + one.log())
