"""The prometheus sink against real servers (VictoriaMetrics, Prometheus), and against one that refuses, whose messages are
read with Google's protobuf and snappy's own library."""
import struct

import pytest
import snappy
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from harness import ROOT, wait_until
from remote_write import Prometheus, VictoriaMetrics
from sinks import Answering, now_ms, post, sink

CONFIG = """
server: {write: loopback}
storage: {commit: 1s}
sinks:
  - id: central
    plugin: prometheus
    options: {url: "URL"MORE}
    series: ["press.*"]
    labels: {site: hall-2}
"""


def config_for(url: str, more="") -> str:
    return CONFIG.replace("URL", url).replace("MORE", more)


@pytest.fixture(params=[VictoriaMetrics, Prometheus], ids=["victoria-metrics", "prometheus"])
def server(request):
    one = request.param()
    one.start()
    yield one
    one.clean_up()


def test_what_arrives_is_what_was_published(daemon, server):
    one = daemon(config_for(server.write_url)).start()
    began = now_ms()
    numbers = {began + i: value for i, value in enumerate([0.1, -7, *server.extremes, 123456.789, 21.5, 0])}
    post(one, "".join(f"press.oil.temperature,line=a value={value!r} {ms * 1_000_000}\n" for ms, value in numbers.items()))
    post(one, f'press.note value="text" {began * 1_000_000}\npress.on value=true {began * 1_000_000}\nother value=1\n')
    wait_until("all is acknowledged", lambda: sink(one)["sent"] >= len(numbers) + 2)
    assert wait_until("the readings are there", lambda: server.samples("press_oil_temperature")) == numbers
    assert server.labels("press_oil_temperature") == [{"__name__": "press_oil_temperature", "line": "a", "site": "hall-2"}]
    assert server.samples("press_on") == {began: 1}
    assert server.samples("press_note") == {} and server.samples("other") == {}
    state = sink(one)
    assert state["state"] == "running" and state["parked"] == 0
    assert state["counters"]["readings.without_value"] == 1, "a text has no place in it"


def test_an_outage_loses_nothing_and_doubles_nothing(daemon, server):
    one = daemon(config_for(server.write_url)).start()
    first, second, last = now_ms(), now_ms() + 1, now_ms() + 2
    post(one, f"press.oil value=1 {first * 1_000_000}\n")
    wait_until("the first is there", lambda: server.samples("press_oil") == {first: 1})
    server.end()
    post(one, f"press.oil value=2 {second * 1_000_000}\n")
    wait_until("the sink says so", lambda: sink(one)["state"] == "failing")
    one.kill()
    one.start()
    server.start()
    post(one, f"press.oil value=3 {last * 1_000_000}\n")
    wanted = {first: 1, second: 2, last: 3}
    wait_until("all of it is there", lambda: server.samples("press_oil") == wanted, 20)
    wait_until("nothing is owed", lambda: sink(one)["backlog"] == 0)
    assert sink(one)["parked"] == 0


def test_what_prometheus_refuses_stands_alone(daemon):
    class Strict(Prometheus):
        out_of_order = "0s"

    server = Strict()
    try:
        server.start()
        one = daemon(config_for(server.write_url)).start()
        now = now_ms()
        post(one, f"press.a value=1 {now * 1_000_000}\n")
        wait_until("it is there", lambda: server.samples("press_a") == {now: 1})
        # One post is one batch: the reading from before the one that is there is refused, its neighbours are not.
        late = "".join(f"press.n{i} value={i} {(now + 1) * 1_000_000}\n" for i in range(20))
        post(one, f"{late}press.a value=0 {(now - 60_000) * 1_000_000}\n")
        wait_until("it is parked", lambda: sink(one)["parked"] == 1)
        wait_until("the others are there", lambda: all(server.samples(f"press_n{i}") == {now + 1: i} for i in range(20)))
        parked = sink(one)["last_parked"]
        assert len(parked) == 1 and parked[0]["readings"] == 1 and "out of order" in parked[0]["reason"], parked
    finally:
        server.clean_up()


def test_a_name_of_ones_own(daemon, server):
    one = daemon(config_for(server.write_url, ", names: label, prefix: plant_")).start()
    now = now_ms()
    post(one, f"press.a.b value=1 {now * 1_000_000}\npress.a_b value=2 {now * 1_000_000}\n")
    wait_until("both are there", lambda: len(server.labels("plant_telltale_reading")) == 2)
    assert {found["series"] for found in server.labels("plant_telltale_reading")} == {"press.a.b", "press.a_b"}


def schema():
    """The messages of remote write 1.0, for Google's library, from their definition."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="remote.proto", package="p", syntax="proto3")
    for name, fields in {
        "Label": [("name", 1, kinds.TYPE_STRING, ""), ("value", 2, kinds.TYPE_STRING, "")],
        "Sample": [("value", 1, kinds.TYPE_DOUBLE, ""), ("timestamp", 2, kinds.TYPE_INT64, "")],
        "TimeSeries": [("labels", 1, kinds.TYPE_MESSAGE, ".p.Label"), ("samples", 2, kinds.TYPE_MESSAGE, ".p.Sample")],
        "WriteRequest": [("timeseries", 1, kinds.TYPE_MESSAGE, ".p.TimeSeries")],
    }.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = kinds.LABEL_REPEATED if of else kinds.LABEL_OPTIONAL
            message.field.add(name=field, number=number, type=kind, label=label, type_name=of or None)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("p.WriteRequest"))


class Picky(Answering):
    """The messages that it took, decoded."""

    def __init__(self):
        self.taken = []
        request_type = schema()

        def take(body: bytes) -> None:
            request = request_type.FromString(snappy.decompress(body))
            assert request.FindInitializationErrors() == []
            self.taken.append(request)

        super().__init__(take)
        self.url += "/write"

    def series(self) -> dict[str, list[tuple[int, bytes]]]:
        """Name -> (ms, the number's eight bytes)."""
        found: dict[str, list[tuple[int, bytes]]] = {}
        for request in self.taken:
            for one in request.timeseries:
                labels = [(label.name, label.value) for label in one.labels]
                assert labels == sorted(labels)
                samples = [(sample.timestamp, struct.pack("<d", sample.value)) for sample in one.samples]
                assert samples == sorted(samples, key=lambda sample: sample[0])
                found.setdefault(dict(labels)["__name__"], []).extend(samples)
        return found


@pytest.fixture
def picky():
    one = Picky()
    yield one
    one.close()


def test_the_request_is_as_the_protocol_wants_it(daemon, picky):
    more = ', token: secret, headers: [{name: X-Scope-OrgID, value: plant}]'
    one = daemon(config_for(picky.url, more)).start()
    now = now_ms()
    post(one, "".join(f"press.a value={i} {(now + i) * 1_000_000}\n" for i in reversed(range(50))))
    wait_until("all is acknowledged", lambda: sink(one)["sent"] >= 50)
    assert picky.series() == {"press_a": [(now + i, struct.pack("<d", i)) for i in range(50)]}
    headers = picky.headers[0]
    assert headers["Content-Type"] == "application/x-protobuf" and headers["Content-Encoding"] == "snappy"
    assert headers["X-Prometheus-Remote-Write-Version"] == "0.1.0" and headers["User-Agent"] == "telltale"
    assert headers["Authorization"] == "Bearer secret" and headers["X-Scope-OrgID"] == "plant"


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_gets_it(daemon, picky, status):
    picky.answers = [(status, {"Retry-After": "2"}, "")]
    one = daemon(config_for(picky.url)).start()
    now = now_ms()
    post(one, f"press.a value=1 {now * 1_000_000}\n")
    wait_until("it is taken after all", lambda: picky.series() == {"press_a": [(now, struct.pack("<d", 1))]}, 10)
    assert picky.times[1] - picky.times[0] >= 2
    assert sink(one)["parked"] == 0


def test_what_is_refused_whole_is_parked_with_its_reason(daemon, picky):
    picky.answers = [(400, {}, "")]
    one = daemon(config_for(picky.url)).start()
    post(one, "press.a value=1\n")
    wait_until("it is parked", lambda: sink(one)["parked"] == 1)
    assert sink(one)["last_parked"][0]["reason"] == "the server answers 400"
    post(one, "press.a value=2\n")
    wait_until("the next one goes", lambda: picky.series().keys() == {"press_a"})


def test_the_example_is_taken_by_a_server(daemon, server):
    text = (ROOT / "config/examples/sink-prometheus.yaml").read_text()
    text = text.replace("http://127.0.0.1:8428/api/v1/write", server.write_url).replace("mimir.example", "127.0.0.1")
    one = daemon(text.replace("every: 1s", "every: 50ms")).start()
    office = wait_until("readings arrive", lambda: [found for found in one.get("/api/v1/sinks") if found["id"] == "office" and found["sent"] > 20])
    assert office[0]["parked"] == 0
