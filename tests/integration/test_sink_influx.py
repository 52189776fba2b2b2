"""The influx sink against a real InfluxDB: what arrives, outages, kills of both sides, and servers that refuse.

TELLTALE_LONG_OUTAGE=SECONDS makes the outage that long (default 3).
"""
import gzip
import os
import re
import signal
import threading
import time

import pytest
from harness import ROOT, SLOWNESS, wait_until
from influxd import Influx
from sinks import Answering, sink

OUTAGE = float(os.environ.get("TELLTALE_LONG_OUTAGE", "3"))
CONFIG = """
server: {write: loopback}
storage: {commit: 1s}
sinks:
  - id: central
    plugin: influx
    isolation: ISOLATION
    options: {url: "URL", database: t}
    series: ["press.*"]
    labels: {site: hall-2}
"""


@pytest.fixture(scope="module")
def server():
    one = Influx()
    one.start()
    yield one
    one.clean_up()


@pytest.fixture
def influx(server):
    """The file's server, with an empty database."""
    if server.process.poll() is not None:  # a test failed while it was killed
        server.start()
    server.ask("DROP DATABASE t")
    server.ask("CREATE DATABASE t")
    return server


def config_for(url: str, isolation="process") -> str:
    return CONFIG.replace("URL", url).replace("ISOLATION", isolation)


class Source:
    """Posts a reading every 10 ms from a thread; knows what was accepted. A post that fails is posted again: readings of
    one time are one."""

    def __init__(self, daemon):
        self.daemon, self.posted, self.over = daemon, {}, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        number = 0
        while not self.over.wait(0.01):
            number += 1
            stamp = time.time_ns()
            while not self.over.is_set():
                try:
                    if self.daemon.request("POST", "/api/v1/write", f"press.oil value={number} {stamp}\n").status == 204:
                        self.posted[stamp] = number
                        break
                except OSError:
                    time.sleep(0.05)

    def stop(self) -> dict[int, int]:
        self.over.set()
        self.thread.join()
        return self.posted


@pytest.mark.parametrize("isolation", ["process", "none"])
def test_readings_arrive_with_time_labels_and_kind(daemon, influx, isolation):
    one = daemon(config_for(influx.url, isolation)).start()
    stamp = time.time_ns()
    lines = (
        f'press.oil,line=a\\ b value=0.1 {stamp}\npress.note value="it \\"began\\"" {stamp}\n'
        f"press.on value=true {stamp}\nother.thing value=1 {stamp}\n"
    )
    assert one.request("POST", "/api/v1/write", lines).status == 204
    wait_until("all have arrived", lambda: sink(one)["sent"] == 3)
    assert influx.values("press.oil") == {stamp: 0.1}
    assert influx.values("press.note") == {stamp: 'it "began"'}
    tags = influx.ask('SHOW SERIES FROM "press.oil"')[0]["values"]
    assert tags == [["press.oil,line=a\\ b,site=hall-2"]]
    names = {row[0] for row in influx.ask("SHOW MEASUREMENTS")[0]["values"]}
    assert names == {"press.oil", "press.note", "press.on"}, "what no selector chooses stays here"
    state = sink(one)
    assert state["state"] == "running" and state["series"] == 3 and state["parked"] == 0
    assert 'telltale_sink_sent_total{sink="central"} 3' in one.request("GET", "/metrics").text


def test_an_outage_with_kills_of_both_sides_loses_nothing(daemon, influx):
    one = daemon(config_for(influx.url)).start()
    source = Source(one)
    wait_until("readings arrive", lambda: sink(one)["sent"] > 50)
    influx.kill()
    wait_until("the sink says so", lambda: sink(one)["state"] == "failing")
    time.sleep(OUTAGE / 2)  # the outage itself
    one.kill()
    one.start()
    time.sleep(OUTAGE / 2)
    assert sink(one)["backlog"] > 0
    influx.start()
    back = time.time_ns()

    def fresh():
        newest = influx.ask('SELECT last(value) FROM "press.oil"')
        return newest and max(influx.values("press.oil")) >= back

    began = time.monotonic()
    wait_until("fresh readings arrive", fresh, 3)
    assert time.monotonic() - began < 2 * SLOWNESS
    influx.kill()
    influx.start()
    posted = source.stop()
    wait_until("all of it has arrived", lambda: sink(one)["backlog"] == 0 and sink(one)["waiting"] == 0, 20)
    wait_until("all of it is there", lambda: influx.values("press.oil").keys() >= posted.keys(), 10)
    assert influx.values("press.oil") == posted, "none lost, none doubled"
    assert sink(one)["parked"] == 0 and sink(one)["lost"] == 0


def test_a_stop_and_a_start_go_on_where_they_were(daemon, influx):
    one = daemon(config_for(influx.url)).start()
    source = Source(one)
    wait_until("readings arrive", lambda: sink(one)["sent"] > 20)
    assert one.stop() == 0
    one.start()
    before = len(source.posted)
    wait_until("more is posted", lambda: len(source.posted) > before + 20)
    posted = source.stop()
    wait_until("all of it is there", lambda: influx.values("press.oil") == posted, 10)


class Refusing(Answering):
    """The bodies that it took."""

    def __init__(self):
        self.taken: list[str] = []
        super().__init__(lambda body: self.taken.append(gzip.decompress(body).decode()))

    def numbers(self) -> list[int]:
        return [int(found) for body in self.taken for found in re.findall(r"value=(\d+)", body)]


@pytest.fixture
def refusing():
    one = Refusing()
    yield one
    one.close()


also_refusing = refusing  # another one


def post(one, number: int) -> None:
    assert one.request("POST", "/api/v1/write", f"press.oil value={number} {time.time_ns()}\n").status == 204


def test_a_refused_batch_is_parked_with_its_reason_and_the_next_one_goes(daemon, refusing):
    refusing.answers = [(400, {}, "partial write: field type conflict")]
    one = daemon(config_for(refusing.url)).start()
    post(one, 1)
    wait_until("it is parked", lambda: sink(one)["parked"] == 1)
    post(one, 2)
    wait_until("the next one is taken", lambda: refusing.numbers() == [2])
    parked = sink(one)["last_parked"]
    assert len(parked) == 1 and parked[0]["readings"] == 1
    assert "400: partial write: field type conflict" in parked[0]["reason"]


def test_of_a_batch_only_what_influxdb_refuses_is_parked(daemon, influx):
    one = daemon(config_for(influx.url)).start()
    influx.write(f"press.bad value=\"a text\" {time.time_ns()}")
    stamp = time.time_ns()
    lines = "".join(f"press.oil{n} value={n} {stamp}\n" for n in range(20)) + f"press.bad value=1 {stamp}\n"
    assert one.request("POST", "/api/v1/write", lines).status == 204
    wait_until("all but one are sent", lambda: sink(one)["sent"] == 20)
    state = wait_until("the other one is parked", lambda: (found := sink(one))["parked"] == 1 and found)
    assert [parked["series"] for parked in state["last_parked"]] == ['press.bad{site="hall-2"}']
    assert "field type conflict" in state["last_parked"][0]["reason"]
    for n in range(20):
        assert influx.values(f"press.oil{n}") == {stamp: n}
    # It is seen wherever somebody looks.
    listed = one.tool("sink", "list").stdout
    assert "central" in listed and 'refused 1 of press.bad{site="hall-2"}' in listed
    assert "field type conflict" in listed
    assert "1 refused by the other side" in one.tool("status").stdout
    verdicts = {line.split()[0]: line for line in one.tool("doctor", check=False).stdout.splitlines() if line}
    assert "refused 1 readings" in verdicts["sink.central.refused"]
    assert 'telltale_sink_parked_total{sink="central"} 1' in one.request("GET", "/metrics").text


def test_a_reload_adds_alters_and_removes_sinks_without_a_loss(daemon, influx, refusing):
    one = daemon(config_for(influx.url)).start()
    source = Source(one)
    wait_until("readings arrive", lambda: sink(one)["sent"] > 20)
    second = f"  - {{id: other, plugin: influx, options: {{url: \"{refusing.url}\", database: t}}}}\n"
    first = one.config_path.read_text()

    def reload(text: str, sinks: int) -> None:
        one.config_path.write_text(text)
        one.process.send_signal(signal.SIGHUP)
        wait_until("the reload is done", lambda: len(one.get("/api/v1/sinks")) == sinks)

    reload(first + second, 2)
    wait_until("the new one sends", lambda: len(refusing.numbers()) > 20)
    began = refusing.numbers()[0]
    assert began > 20, "it begins with now"
    reload(first.replace("{site: hall-2}", "{site: hall-3}") + second, 2)  # altered
    wait_until("it sends on", lambda: influx.ask("SHOW TAG VALUES WITH KEY = site WHERE site = 'hall-3'"))
    reload(first.replace("{site: hall-2}", "{site: hall-3}"), 1)  # removed
    at = len(source.posted)
    wait_until("more is posted", lambda: len(source.posted) > at + 20)
    reload(first.replace("{site: hall-2}", "{site: hall-3}") + second, 2)  # and is back
    posted = source.stop()
    wait_until("all of it is there", lambda: influx.values("press.oil") == posted, 10)
    wait_until("also at the other one", lambda: set(refusing.numbers()) >= set(range(began, max(posted.values()) + 1)), 10)
    again = len(refusing.numbers()) - len(set(refusing.numbers()))
    assert again < len(posted), "it goes on from where it was"


def test_statistics_instead_of_readings(daemon, influx):
    statistics = 'every: 1s\n    stats: [mean, max]\n    series: ["press.*"]\n    rename: {press.oil: oil}'
    one = daemon(config_for(influx.url).replace('series: ["press.*"]', statistics)).start()
    source = Source(one)
    wait_until("two stretches go out", lambda: sink(one)["sent"] >= 4)
    posted = source.stop()
    buckets: dict[int, list[int]] = {}
    for stamp, value in posted.items():
        buckets.setdefault(stamp // 10**9 * 10**9, []).append(value)
    means = {bucket: sum(values) / len(values) for bucket, values in buckets.items()}

    def of_stat(stat: str) -> dict[int, float]:
        return {row[0]: row[1] for found in influx.ask(f"SELECT value FROM oil WHERE stat = '{stat}'") for row in found["values"]}

    wait_until("all stretches are there", lambda: of_stat("mean").keys() == means.keys(), 10)
    assert of_stat("mean") == pytest.approx(means)
    assert of_stat("max") == {bucket: max(values) for bucket, values in buckets.items()}


def test_a_server_that_asks_for_patience_gets_it(daemon, refusing, also_refusing):
    servers = {"central": refusing, "other": also_refusing}
    for status, server in zip((429, 503), servers.values(), strict=True):
        server.answers = [(status, {"Retry-After": "2"}, "busy")]
    other = f"  - {{id: other, plugin: influx, options: {{url: \"{also_refusing.url}\", database: t}}}}\n"
    one = daemon(config_for(refusing.url) + other).start()
    post(one, 1)
    for name, server in servers.items():
        wait_until("it is taken after all", lambda: server.numbers() == [1], 10)  # noqa: B023
        assert server.times[1] - server.times[0] >= 2

        def state():
            return next(found for found in one.get("/api/v1/sinks") if found["id"] == name)  # noqa: B023

        wait_until("it is acknowledged", lambda: state()["sent"] == 1)  # noqa: B023
        assert state()["parked"] == 0 and state()["retries"] >= 1


def test_a_wrong_token_is_not_the_readings_fault(daemon, refusing):
    refusing.answers = [(401, {}, "unauthorized")] * 2
    one = daemon(config_for(refusing.url)).start()
    post(one, 1)
    wait_until("it is taken once the token is right", lambda: refusing.numbers() == [1])
    assert sink(one)["parked"] == 0


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("sinks: [{id: a, plugin: linux}]", ":1:25", "is an input: it sends nothing out"),
        ("inputs: [{id: a, plugin: influx, options: {url: x}}]", ":1:26", "is a sink: put it below 'sinks:'"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, series: ['a@mean_1m']}]", ":1:61", "as they come"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, labels: {'1x': y}}]", ":1:67", "label"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, stats: [mean]}]", ":1:59", "'stats' needs 'every'"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, every: 1m, stats: [meen]}]", ":1:71", "'meen' is none of"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, rename: {'a.*': b}}]", ":1:68", "both names end in '*'"),
        ("sinks: [{id: a, plugin: influx, options: {url: x}, every: 10ms}]", ":1:59", "every"),
        ("sinks: [{id: a, plugin: influx, options: {}}]", ":1:33", "url"),
        ("inputs: [{id: a, plugin: linux}]\nsinks: [{id: a, plugin: influx, options: {url: x}}]", ":2:14", "there is an input"),
    ],
)
def test_mistakes_have_a_place(daemon, text, place, why):
    one = daemon(text, ["--check"]).spawn()
    assert one.process.wait(10 * SLOWNESS) == 78
    assert f"telltale.yaml{place}: error:" in one.log() and why in one.log(), one.log()


def test_the_examples_of_the_docs_are_configurations(daemon):
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("docs/sinks.md", "docs/fleet.md"))
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        one = daemon(example, ["--check"]).spawn()
        assert one.process.wait(10 * SLOWNESS) == 0, one.log()
