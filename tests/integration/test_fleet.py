"""Two devices and one VictoriaMetrics: what docs/fleet.md says of them holds, and its dashboard has something to show."""
import json
import time
import urllib.parse
import urllib.request

import pytest
from harness import ROOT, wait_until
from victoria import Victoria

CONFIG = """
device: {name: NAME, site: hall-2}
server: {write: loopback}
sinks:
  - id: fleet
    plugin: influx
    options: {url: "URL", database: any}
    labels: {site: "${site}", device: "${device}"}
"""


@pytest.fixture
def victoria():
    one = Victoria()
    one.start()
    yield one
    one.clean_up()


def ask(victoria: Victoria, expression: str) -> list:
    # Of what came in the last half minute it says nothing, but for who asks for later.
    query = urllib.parse.urlencode({"query": expression, "time": f"{time.time() + 60:.3f}", "nocache": "1"})
    with urllib.request.urlopen(f"{victoria.url}/api/v1/query?{query}", timeout=20) as answer:
        return json.load(answer)["data"]["result"]


def expressions() -> list[str]:
    board = json.loads((ROOT / "docs/examples/fleet-grafana.json").read_text(encoding="utf-8"))
    found = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    values = {"$metric": "press.oil_value", "$site": ".*", "$device": ".*"}
    for name, value in values.items():
        found = [expression.replace(name, value) for expression in found]
    return found


def test_the_dashboard_shows_two_devices(daemon, victoria):
    for number, name in enumerate(("press-1", "press-2")):
        one = daemon(CONFIG.replace("URL", victoria.url).replace("NAME", name)).start()
        assert one.request("POST", "/api/v1/write", f"press.oil value={number} {time.time_ns()}\n").status == 204
        wait_until("it has arrived", lambda one=one: one.get("/api/v1/sinks")[0]["sent"] == 1)
    urllib.request.urlopen(f"{victoria.url}/internal/force_flush", timeout=20).read()
    found = ask(victoria, '{__name__="press.oil_value"}')
    assert {(row["metric"]["site"], row["metric"]["device"]) for row in found} == {("hall-2", "press-1"), ("hall-2", "press-2")}
    for expression in expressions():
        assert "$" not in expression, expression
        assert ask(victoria, expression), f"nothing to show: {expression}"
    speaking = next(expression for expression in expressions() if expression.startswith("count(count by"))
    assert ask(victoria, speaking)[0]["value"][1] == "2"
