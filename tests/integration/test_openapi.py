"""daemon/net/openapi.yaml says what the running daemon does: what it describes is there as described, and no more."""
import http.client
import re
import socket
import time
import urllib.parse

import openapi
import pytest
from harness import ROOT, SLOWNESS, Daemon, Response, wait_until

CONFIG = """
device: {name: press-7, site: hall-2}
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 20ms
      waves:
        - {name: sim.sequence, shape: sequence}
        - {name: sim.sine, shape: sine, unit: °C}
        - {name: sim.door, shape: state, states: [closed, open], period: 100ms}
  - {id: lost, plugin: mqtt, options: {url: "mqtt://127.0.0.1:1", subscribe: [{topic: a}]}}
  - id: plc
    plugin: modbus
    writable: true
    options: {url: "tcp://127.0.0.1:1", devices: [{unit: 1, points: [{name: valve, coil: 1, write: true}]}]}
  - {id: hook, plugin: webhook, options: {events: [{name: visits}]}}
dashboards: [{name: hall, panels: [{y: sim.*}]}]
derived:
  - {name: sim.double, expr: sim.sine * 2, unit: °C}
  - {name: sim.cost, expr: cost(sim.sequence), unit: EUR, tariff: {price: 0.3, days: mon-sun}}
notify: [{id: ops, webhook: {url: "http://127.0.0.1:1/"}, tries: 1}]
sinks: [{id: away, plugin: influx, options: {url: "http://127.0.0.1:1", database: a}}]
rules: [{name: hall, when: sim.sequence >= 0, message: "always"}, {name: still, series: sim.*, silent: auto}]
"""
POSTED = 'room,floor=2,side=a\\ b temperature=21.5,door=true,said="it \\"is\\" so"\nold value=1 1000000000000000000\n'


@pytest.fixture(scope="module")
def running():
    one = Daemon(CONFIG)
    try:
        one.start()
        assert one.request("POST", "/api/v1/write", POSTED).status == 204
        wait_until("there is some history", lambda: len(one.raw("sim.sequence")) > 10)
        wait_until("the inputs that take requests run", lambda: all(one.input(name)["state"] != "starting" for name in ("plc", "hook")))
        yield one
    finally:
        one.clean_up()


def place(path: str) -> str:
    return path.replace("{id}", "sim").replace("{name}", "hall").replace("{plugin}", "linux")


EACH = [pytest.param(*row[:2], id=f"{row[0]} {row[1]}") for row in openapi.operations()]


# The document itself ---------------------------------------------------------------------------------------------
def schemas(node, where: str = ""):
    """Every schema of the document, and where it is."""
    if isinstance(node, list):
        for i, item in enumerate(node):
            yield from schemas(item, f"{where}/{i}")
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "schema" or where == "/components/schemas":
                yield f"{where}/{key}", value
            yield from schemas(value, f"{where}/{key}")


@pytest.mark.parametrize("where, schema", [pytest.param(*row, id=row[0]) for row in schemas(openapi.DOCUMENT)])
def test_each_schema_is_one_and_says_whether_it_is_closed(where, schema):
    openapi.jsonschema.Draft202012Validator.check_schema(schema)
    if schema.get("type") == "object":
        assert "additionalProperties" in schema
        assert set(schema.get("required", [])) <= set(schema.get("properties", {}))
    if where.startswith("/components/schemas"):
        assert schema["description"]


def examples(node):
    if isinstance(node, list):
        for item in node:
            yield from examples(item)
    elif isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield node["example"], node["schema"]
        for value in node.values():
            yield from examples(value)


def test_each_example_is_as_its_schema_says():
    found = list(examples(openapi.DOCUMENT))
    assert len(found) > 30
    for example, schema in found:
        if "oneOf" not in schema or not isinstance(example, str):  # the stream's example is text around messages
            openapi.check(example, schema)


def test_every_component_is_used_and_every_reference_leads_somewhere():
    refs = set(re.findall(r"#/components/\w+/\w+", (ROOT / "daemon/net/openapi.yaml").read_text(encoding="utf-8")))
    there = {f"#/components/{kind}/{name}" for kind, group in openapi.DOCUMENT["components"].items() for name in group}
    # What no JSON answer refers to is named in the prose of a form that is no JSON.
    assert refs <= there and there - refs == {"#/components/schemas/QueryRow"}


def test_operations_have_names_of_their_own_and_say_what_they_do():
    names = [one["operationId"] for _, _, one in openapi.operations()]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in openapi.DOCUMENT["tags"]}
    for _, _, one in openapi.operations():
        assert one["summary"] and set(one["tags"]) <= tags
        assert all(openapi.resolved(item)["description"] for item in one["parameters"])


# The paths -------------------------------------------------------------------------------------------------------
def test_every_route_of_the_daemon_is_described_and_no_other():
    source = (ROOT / "daemon/net/route_table.cpp").read_text(encoding="utf-8")
    routes = {(method.lower(), path) for path, method in re.findall(r'^ *\{"(/\S*)", Method::k(\w+)', source, re.MULTILINE)}
    assert len(routes) > 10
    assert {(method, re.sub(r"\{\w+\}", "*", path)) for method, path, _ in openapi.operations()} == routes


@pytest.mark.parametrize("path", openapi.DOCUMENT["paths"])
def test_the_daemon_allows_the_methods_that_are_described_and_refuses_the_others(running, path):
    described = {method.upper() for method, where, _ in openapi.operations() if where == path}
    allowed = described | ({"HEAD"} if "GET" in described else set()) | {"OPTIONS"}
    answer = running.request("OPTIONS", place(path))
    assert answer.status == 204 and not answer.body
    assert set(answer.headers["Allow"].split(", ")) == allowed
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - allowed:
        answer = running.request(method, place(path), "" if method != "GET" else None)
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(", ")) == allowed
        openapi.check(openapi.strict_json(answer.body), openapi.PROBLEM)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/api/v1/", "/api/v1/inputs/sim/", "/api/v2/query", "/assets/nothing.js"])
def test_what_is_not_there_is_a_problem(running, path):
    answer = running.request("GET", path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    openapi.check(openapi.strict_json(answer.body), openapi.PROBLEM)


# Good calls ------------------------------------------------------------------------------------------------------
LINE = "posted value=1"
GOOD = [
    ("GET", "/healthz", None, 200),
    ("GET", "/healthz?anything=goes", None, 200),
    ("GET", "/metrics", None, 200),
    ("GET", "/ping?verbose=true", None, 204),
    ("POST", "/ping", "", 204),
    ("POST", "/api/v1/write", LINE, 204),
    ("POST", "/api/v1/write?durable=1&precision=s", "posted value=2 1700000000", 204),
    ("POST", "/api/v1/write", "", 204),
    ("POST", "/api/v2/write?org=a&bucket=b&precision=ns", LINE, 204),
    ("POST", "/write?db=telegraf&rp=autogen&consistency=one", LINE, 204),
    ("GET", "/api/v1/status", None, 200),
    ("GET", "/api/v1/storage", None, 200),
    ("GET", "/api/v1/log", None, 200),
    ("GET", "/api/v1/log?level=notice&since=1&limit=10", None, 200),
    ("GET", "/api/v1/inputs", None, 200),
    ("GET", "/api/v1/inputs/sim", None, 200),
    ("GET", "/api/v1/inputs/lost", None, 200),
    ("POST", "/api/v1/inputs/lost/restart", "", 204),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "valve", "value": 1, "timeout": 2.5}', 502),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "valve", "value": true}', 502),
    ("POST", "/api/v1/ingest/hook?source=shop", '{"page": "/"}', 204),
    ("GET", "/api/v1/config", None, 200),
    ("PUT", "/api/v1/config", CONFIG, 200),
    ("PUT", "/api/v1/config?check=1", CONFIG + "# changed\n", 200),
    ("GET", "/api/v1/dashboards", None, 200),
    ("PUT", "/api/v1/dashboards/oven", "panels: [{y: sim.*}]", 200),
    ("PUT", "/api/v1/dashboards/none?check=1", "panels: [{y: sim.*}]", 200),
    ("GET", "/api/v1/dashboards", None, 200),
    ("GET", "/api/v1/dashboards/oven", None, 200),
    ("DELETE", "/api/v1/dashboards/oven", None, 204),
    ("GET", "/api/v1/derived", None, 200),
    ("GET", "/api/v1/alarms", None, 200),
    ("POST", "/api/v1/alarms/hall/ack", "", 200),
    ("POST", "/api/v1/alarms/hall/ack", '{"comment": "seen", "who": "anna", "labels": {}}', 200),
    ("POST", "/api/v1/alarms/hall/test", "", 200),
    ("POST", "/api/v1/alarms/hall/try?from=now-1h", "rules: [{name: hall, when: sim.sequence >= 0}]", 200),
    ("GET", "/api/v1/notify", None, 200),
    ("GET", "/api/v1/sinks", None, 200),
    ("POST", "/api/v1/notify/ops/test", "", 200),
    ("POST", "/api/v1/alarms/hall/silence", '{"for": "2h", "comment": "maintenance"}', 200),
    ("POST", "/api/v1/alarms/hall/silence", '{"for": "0s", "labels": {"room": "a"}}', 200),
    ("GET", "/api/v1/session", None, 200),
    ("POST", "/api/v1/users", '{"name": "anna", "password": "correct horse", "role": "admin"}', 204),
    ("POST", "/api/v1/login", '{"user": "anna", "password": "correct horse"}', 200),
    ("POST", "/api/v1/logout", "", 204),
    ("GET", "/api/v1/users", None, 200),
    ("POST", "/api/v1/users", '{"name": "ben", "password": "battery staple", "role": "viewer"}', 204),
    ("PUT", "/api/v1/users/ben/password", '{"password": "another horse"}', 204),
    ("DELETE", "/api/v1/users/ben", None, 204),
    ("POST", "/api/v1/tokens", '{"name": "script", "scopes": ["read"]}', 200),
    ("GET", "/api/v1/tokens", None, 200),
    ("DELETE", "/api/v1/tokens/script", None, 204),
    ("GET", "/api/v1/plugins", None, 200),
    ("GET", "/api/v1/plugins/mqtt", None, 200),
    ("POST", "/api/v1/plugins/serial/probe", '{"options": {}, "seconds": 0.5}', 200),
    ("GET", "/api/v1/series", None, 200),
    ("GET", "/api/v1/series?match=sim.*&series=room.*", None, 200),
    ("GET", "/api/v1/series?match=nothing.at.all", None, 200),
    ("GET", "/api/v1/latest", None, 200),
    ("GET", "/api/v1/latest?match=sim.sine@mean_1m&match=sim.*@count_10s", None, 200),
    ("POST", "/api/v1/write", "ahead value=1 4000000000000000000", 204),
    ("GET", "/api/v1/query?series=ahead", None, 200),
    ("GET", "/api/v1/query?series=sim.sine&points=2&percentiles=5,25,75,95", None, 200),
    ("GET", "/api/v1/query?series=sim.sine&points=2&percentiles=5&format=ndjson", None, 200),
    ("GET", "/api/v1/query?series=*", None, 200),
    ("GET", "/api/v1/query?match=sim.*&from=now-5m&to=now%2B1m&points=10&stat=raw&format=json", None, 200),
    ("GET", "/api/v1/query?series=*&stat=raw&format=csv", None, 200),
    ("GET", "/api/v1/query?series=*&stat=auto&format=ndjson", None, 200),
    ("GET", "/api/v1/query?series=old&from=2001-09-09T00:00:00Z&to=2001-09-10T00:00:00%2B02:00", None, 200),
    ("GET", "/api/v1/query?series=sim.*&from=0&to=1", None, 200),
    *[("GET", f"/api/v1/query?series=*&points=3&stat={stat}&format={form}", None, 200)
      for stat in ("auto", "raw", "m4", "count", "sum", "mean", "min", "max", "first", "last", "delta", "std")
      for form in ("json", "csv", "ndjson", "lines")],
    *[("GET", f"/api/v1/query?series=*&stat=raw&format={form}&time={time}", None, 200)
      for form in ("json", "csv", "ndjson", "lines") for time in ("ms", "ns", "rfc3339")],
    ("POST", "/api/v1/write?unit=V&kind=counter", "posted.volts value=1", 204),
    ("GET", "/api/v1/backup", None, 200),
]  # fmt: skip


@pytest.mark.parametrize("method, path, body, status", GOOD)
def test_good_calls_are_answered_as_described(running, method, path, body, status):
    answer = running.request(method, path, body)
    assert answer.status == status, answer.text
    openapi.check_answer(answer, openapi.operation_of(method, path.split("?")[0]))
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_good_calls_are_of_every_operation():
    called = {openapi.operation_of(row[0], row[1].split("?")[0])["operationId"] for row in GOOD}
    streams = {"streamEvents", "openLive"}  # test_openapi_live.py
    streams |= {"setUp", "changePassword"}  # test_accounts.py: once on a device, or with a session
    assert called | streams == {one["operationId"] for _, _, one in openapi.operations()}


@pytest.mark.parametrize("method, path", [row for row in EACH if row.values[0] == "get"])
def test_head_is_get_without_a_body(running, method, path):
    del method
    answer = running.request("HEAD", place(path) + ("?series=*" if path == "/api/v1/query" else ""))
    assert answer.status == {"/ping": 204, "/api/v1/live": 426}.get(path, 200)
    assert not answer.body


def test_answers_show_what_the_document_speaks_of(running):
    """Optional members and each of several forms: a schema that nothing meets proves nothing."""
    series = {item["key"]: item for item in running.get("/api/v1/series")}
    assert series["sim.door"]["states"] == [[0, "closed"], [1, "open"]]
    room = series['room.temperature{floor="2",side="a b"}']
    assert room["input"] == "write" and room["labels"] == {"floor": "2", "side": "a b"}
    assert {item["kind"] for item in series.values()} >= {"gauge", "state", "event"}
    latest = {row["key"]: row["value"] for row in running.get("/api/v1/latest")}
    assert latest['room.said{floor="2",side="a b"}'] == 'it "is" so'
    assert latest['room.door{floor="2",side="a b"}'] == "true" and latest["sim.door"] in ("closed", "open")
    assert list(running.latest("sim.sine@mean_1m")) == ["sim.sine@mean_1m"]
    lost = wait_until("it has tried", lambda: (found := running.input("lost"))["state"] != "starting" and found)
    assert lost["state"] in ("connecting", "failing") and lost["reason"] and lost["last_reading_at"] is None
    assert running.get("/api/v1/query", series="sim.*", stat="mean", points=5)["step"] > 0


# Bad calls -------------------------------------------------------------------------------------------------------
ENDLESS = "/api/v1/query?" + "&".join(["series=a"] * 257)
BAD = [
    ("GET", "/api/v1/status?verbose=1", None, 400, "verbose"),
    ("GET", "/api/v1/storage?x", None, 400, "'x'"),
    ("GET", "/api/v1/inputs?id=sim", None, 400, "'id'"),
    ("GET", "/api/v1/inputs/sim?x=1", None, 400, "'x'"),
    ("GET", "/api/v1/inputs/sin", None, 404, "did you mean 'sim'"),
    ("POST", "/api/v1/inputs/nobody/restart", "", 404, "nobody"),
    ("POST", "/api/v1/inputs/plc/write?x=1", '{"name": "valve", "value": 1}', 400, "'x'"),
    ("POST", "/api/v1/inputs/plc/write", "valve=1", 400, "JSON object"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "valve"}', 400, "either"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "valve", "value": "1"}', 400, "must be a number"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "", "value": 1}', 400, "name the output"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "a", "value": 1, "unit": "V"}', 400, "unknown key 'unit'"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "a", "value": 1, "timeout": 31}', 400, "timeout"),
    ("POST", "/api/v1/inputs/plc/write", '{"name": "flap", "value": 1}', 400, "is no output"),
    ("POST", "/api/v1/inputs/sim/write", '{"name": "a", "value": 1}', 403, "writable"),
    ("POST", "/api/v1/inputs/nobody/write", '{"name": "a", "value": 1}', 404, "nobody"),
    ("POST", "/api/v1/ingest/hook", "{", 400, "not_json"),
    ("POST", "/api/v1/ingest/sim", "{}", 400, "takes no documents"),
    ("POST", "/api/v1/ingest/nobody", "{}", 404, "nobody"),
    ("POST", "/api/v1/ingest/hook", "[" + "1," * 70_000 + "1]", 413, "131072"),
    ("GET", "/api/v1/backup?what=all", None, 400, "'what'"),
    ("POST", "/api/v1/write?kind=thing", "a value=1", 400, "gauge"),
    ("POST", "/api/v1/write?unit=" + "x" * 33, "a value=1", 400, "unit"),
    ("GET", "/api/v1/query?series=*&time=s", None, 400, "ns"),
    ("GET", "/api/v1/config?file=x", None, 400, "'file'"),
    ("PUT", "/api/v1/config?check=maybe", CONFIG, 400, "check"),
    ("PUT", "/api/v1/config", "inputs: 3", 422, "nothing was changed"),
    ("PUT", "/api/v1/config", "a" * (1024 * 1024 + 1), 413, "1048576"),
    ("GET", "/api/v1/dashboards?name=hall", None, 400, "'name'"),
    ("GET", "/api/v1/dashboards/hal", None, 404, "no dashboard"),
    ("PUT", "/api/v1/dashboards/hall", "panels: []", 403, "configuration file"),
    ("PUT", "/api/v1/dashboards/oven", "panels: 3", 422, "nothing was changed"),
    ("PUT", "/api/v1/dashboards/oven", "a" * (1024 * 1024 + 1), 413, "1048576"),
    ("DELETE", "/api/v1/dashboards/hal", None, 404, "no dashboard"),
    ("GET", "/api/v1/derived?name=x", None, 400, "'name'"),
    ("GET", "/api/v1/alarms?rule=x", None, 400, "'rule'"),
    ("POST", "/api/v1/alarms/nothing/ack", "", 404, "no such rule"),
    ("POST", "/api/v1/alarms/hall/ack", "[]", 400, "JSON object"),
    ("POST", "/api/v1/alarms/nothing/test", "", 404, "no such rule"),
    ("POST", "/api/v1/alarms/hall/try", "rules: 3", 422, "nothing was changed"),
    ("POST", "/api/v1/alarms/hall/try", "rules: []", 404, "no such rule"),
    ("POST", "/api/v1/alarms/hall/try", "rules: [{name: hall, when: nothing.here > 1}]", 404, "no readings"),
    ("POST", "/api/v1/alarms/hall/try?from=soon", "rules: []", 400, "parameter from"),
    ("POST", "/api/v1/alarms/hall/try?from=now&to=now-1h", "rules: []", 400, "366 days"),
    ("POST", "/api/v1/alarms/hall/try?since=now", "rules: []", 400, "'since'"),
    ("POST", "/api/v1/alarms/hall/try", "a" * (1024 * 1024 + 1), 413, "1048576"),
    ("GET", "/api/v1/notify?id=ops", None, 400, "'id'"),
    ("GET", "/api/v1/sinks?id=away", None, 400, "'id'"),
    ("POST", "/api/v1/notify/nobody/test", "", 404, "nobody of that id"),
    ("POST", "/api/v1/alarms/hall/ack", '{"coment": "x"}', 400, "unknown key 'coment'"),
    ("POST", "/api/v1/alarms/hall/ack", '{"comment": 5}', 400, "comment"),
    ("POST", "/api/v1/alarms/hall/ack", '{"labels": ["a"]}', 400, "labels"),
    ("POST", "/api/v1/alarms/hall/silence", '{"for": "forever"}', 400, "duration"),
    ("POST", "/api/v1/alarms/hall/silence", '{"for": "31d"}', 400, "30d"),
    ("POST", "/api/v1/login", "{}", 400, "user"),
    ("POST", "/api/v1/login", '{"user": "nobody", "password": "correct horse"}', 401, "wrong"),
    ("POST", "/api/v1/setup", '{"code": "AAAA-AAAA", "user": "eve", "password": "correct horse"}', 409, "log in"),
    ("POST", "/api/v1/password", '{"password": "correct horse", "new": "battery staple"}', 401, "log in"),
    ("POST", "/api/v1/users", '{"name": "anna", "password": "correct horse", "role": "admin"}', 409, "already"),
    ("POST", "/api/v1/users", '{"name": "a b", "password": "correct horse", "role": "admin"}', 400, "name"),
    ("DELETE", "/api/v1/users/nobody", None, 404, "nobody"),
    ("DELETE", "/api/v1/users/anna", None, 403, "last admin"),
    ("PUT", "/api/v1/users/anna/password", '{"password": "short"}', 400, "8 characters"),
    ("POST", "/api/v1/tokens", '{"name": "script", "scopes": ["king"]}', 400, "scopes"),
    ("DELETE", "/api/v1/tokens/nothing", None, 404, "nothing"),
    ("GET", "/api/v1/plugins?name=linux", None, 400, "'name'"),
    ("GET", "/api/v1/plugins/lunix", None, 404, "linux"),
    ("POST", "/api/v1/plugins/linux/probe", "{}", 400, "cannot look"),
    ("POST", "/api/v1/plugins/modbus/probe", "[]", 400, "object"),
    ("POST", "/api/v1/plugins/modbus/probe", '{"options": {"url": "tcp://127.0.0.1:1", "units": "1"}}', 502, "refused"),
    ("POST", "/api/v1/plugins/modbus/probe", '{"seconds": 99}', 400, "20"),
    ("POST", "/api/v1/plugins/modbus/probe", '{"options": {"urk": "x"}}', 400, "url"),
    ("GET", "/api/v1/series?mtach=*", None, 400, "did you mean 'match'"),
    ("GET", "/api/v1/series?match=%7Ba", None, 400, "match"),
    ("GET", "/api/v1/latest?match=a@mean", None, 400, "match"),
    ("GET", "/api/v1/query", None, 400, "series"),
    ("GET", "/api/v1/query?series=sim.sequense", None, 404, "did you mean 'sim.sequence'"),
    ("GET", "/api/v1/query?series=sim.sine@mean_1m&stat=mean", None, 400, "names the statistic"),
    ("GET", "/api/v1/query?series=*&from=now&to=now-1h", None, 400, "from"),
    ("GET", "/api/v1/query?series=*&points=1e3", None, 400, "points"),
    ("GET", ENDLESS, None, 400, "256"),
    ("GET", "/api/v1/events?rate=fast", None, 400, "rate"),
    ("GET", "/api/v1/events?since=yesterday", None, 400, "since"),
    ("GET", "/api/v1/events?serie=*", None, 400, "did you mean 'series'"),
    ("GET", "/api/v1/events?" + "&".join(["series=a"] * 257), None, 422, "256"),
    ("GET", "/api/v1/live", None, 426, "telltale.json.v1"),
    ("POST", "/api/v1/write?precision=h", LINE, 400, "precision"),
    ("POST", "/api/v1/write?durable=maybe", LINE, 400, "durable"),
    ("POST", "/api/v1/write", "good value=1\nbad value=\n", 400, "line 2"),
    ("POST", "/api/v2/write", 'a said=""\n', 400, "line 1"),
    ("POST", "/write", "\n".join(["nonsense"] * 100), 400, "and 99 more"),
    ("POST", "/write", "a" * (8 * 1024 * 1024 + 1), 413, "8388608"),
    ("POST", "/ping", "a" * 65_537, 413, "65536"),
]


@pytest.mark.parametrize("method, path, body, status, word", [pytest.param(*row, id=f"{row[0]} {row[1][:60]} {row[3]}") for row in BAD])
def test_bad_calls_are_refused_as_described(running, method, path, body, status, word):
    answer = running.request(method, path, body)
    assert answer.status == status, answer.text[:500]
    openapi.check_answer(answer, openapi.operation_of(method, path.split("?")[0]))
    assert word in answer.json["detail"]


@pytest.mark.parametrize("method, path", EACH)
def test_each_operation_refuses_a_bad_request_as_described(running, method, path):
    one = openapi.operation(method, path)
    cases = [
        (400, path, {"Host": ""}),
        (400, path + "?%zz", {}),
        (421, path, {"Host": "elsewhere.example"}),
        (431, path, {"X-Long": "x" * 17_000}),
    ]
    if method in ("post", "put"):
        cases += [
            (403, path, {"Origin": "http://elsewhere.example", "Content-Length": "0"}),
            (403, path, {"Sec-Fetch-Site": "cross-site", "Content-Length": "0"}),
            (413, path, {"Content-Length": "9999999999"}),
            (417, path, {"Expect": "magic", "Content-Length": "1"}),
        ]
    for status, target, headers in cases:
        answer = openapi.raw_call(running.port, method.upper(), place(target), headers)
        expected = 421 if headers.get("Host") == "" else status  # an empty Host is nobody's name
        assert answer.status == expected, f"{headers}: {answer.status} {answer.text}"
        openapi.check_answer(answer, one)
        assert answer.status != 413 or answer.headers["Connection"] == "close"


@pytest.mark.parametrize("head", ["GET /healthz HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "GET /healthz HTTP/3.0\r\nHost: localhost\r\n"])
def test_what_is_no_request_is_a_problem(running, head):
    with socket.create_connection(("127.0.0.1", running.port), timeout=15 * SLOWNESS) as client:
        client.sendall(head.encode() + b"\r\n")
        answer = http.client.HTTPResponse(client)
        answer.begin()
        openapi.check_answer(Response(answer.status, answer.headers, answer.read()), openapi.operation("get", "/healthz"))
        assert answer.status == 400


def test_more_series_than_a_query_may_read_are_refused(daemon):
    one = daemon("inputs: []\n").start()
    lines = "".join(f"crowd,n={i} value=1\n" for i in range(1_001))
    assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204
    answer = one.request("GET", "/api/v1/query?series=crowd")
    assert answer.status == 422 and "1000" in answer.json["detail"]
    openapi.check_answer(answer, openapi.operation("get", "/api/v1/query"))


# Values of parameters ----------------------------------------------------------------------------------------------
NOW = str(time.time_ns() // 1_000_000)
VALUES = {
    ("get", "/api/v1/query"): {
        "from": ["0", "now-5m", "now-1h30m", "now-1d/d", "now/h", "now-1.5h", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00",
                 "2026-01-01t00:00:00z", "yesterday", "now-", "now-5", "now/w", "2026-01-01", "2026-01-01T00:00:00", "", "1.5", "now -5m"],
        "to": [NOW, "now", "now+5m", "now+1h-5m", "tomorrow", "now*2", "+5m"],
        "points": ["1", "10000", "0", "10001", "-1", "1.5", "", "many"],
        "stat": ["auto", "raw", "m4", "mean", "std", "p95", "rate", "p94", "MEAN", ""],
        "format": ["json", "csv", "ndjson", "xml", "JSON", ""],
        "series": ["*", "sim.*", "room.*{floor=\"2\"}", "{floor=\"2\"}", ""],
    },
    ("get", "/api/v1/events"): {
        "rate": ["20", "0.5", "1000", "1e1", "0", "-1", "fast", ""],
        "since": ["0", NOW, "-1", "1.5", "soon", ""],
        "series": ["*", "sim.sine@mean_1m", ""],
    },
    ("post", "/api/v1/write"): {
        "precision": ["ns", "us", "ms", "s", "n", "u", "µs", "m", "h", "NS"],
        "durable": ["0", "1", "true", "false", "yes", "no", "", "2", "maybe"],
    },
}  # fmt: skip
ROWS = [(call, name, text) for call, names in VALUES.items() for name, texts in names.items() for text in texts]


@pytest.mark.parametrize("call, name, text", [pytest.param(*row, id=f"{row[0][1]} {row[1]}={row[2]}") for row in ROWS])
def test_a_value_is_accepted_when_the_document_allows_it_and_only_then(running, call, name, text):
    method, path = call
    one = openapi.operation(method, path)
    parameter = next(item for item in map(openapi.resolved, one["parameters"]) if item["name"] == name)
    given = {name: text} if path != "/api/v1/query" else {"series": "sim.*", "from": "now-1h", "to": "now+1d"} | {name: text}
    # A stream would not end by itself: its header is enough.
    verb = "HEAD" if path == "/api/v1/events" else method.upper()
    answer = running.request(verb, path + "?" + urllib.parse.urlencode(given), "" if method == "post" else None)
    assert answer.status in ((200, 204) if openapi.allows(parameter, text) else (400,)), answer.text[:500]
