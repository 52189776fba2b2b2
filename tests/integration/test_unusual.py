"""A rule over unusual(): live, after a restart, tried against the history, and as a derived series of the past."""
import json
import signal
import time

from harness import wait_until

CONFIG = """
storage: {commit: 1h, raw: 36000d}
inputs: []
derived:
  - {name: line.oddness, expr: "unusual(line.power, 4)"}
rules:
  - {name: odd, when: "abs(unusual(line.power, 4)) > 6"}
  - {name: new, when: "unusual(line.speed) > 6"}
"""
TEN_MINUTES = 600
WEEK = 7 * 86_400


def post(one, lines: str) -> None:
    assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204


def alarm(one, name: str) -> dict:
    return next(item for item in one.get("/api/v1/alarms") if item["rule"] == name)


def oddness(one) -> float | None:
    return one.latest("line.oddness").get("line.oddness", {}).get("value")


def fill(one, spikes: set[int]) -> int:
    """Six weeks of 100 ± 1 until an hour ago, but for some; answers the first time."""
    end = int(time.time()) // TEN_MINUTES * TEN_MINUTES - 3600
    begin = end - 6 * WEEK
    times = range(begin, end, TEN_MINUTES)
    post(one, "".join(f"line power={150 if at in spikes else 99 + index % 3} {at * 10**9}\n" for index, at in enumerate(times)))
    return begin


def test_a_rule_fires_on_what_is_unusual_for_this_hour(daemon):
    one = daemon(CONFIG).start()
    fill(one, set())
    post(one, "line power=101,speed=5\n")
    wait_until("it knows what is usual", lambda: alarm(one, "odd")["state"] == "inactive" and oddness(one) is not None)
    assert abs(oddness(one)) < 3
    wait_until("why the other says nothing", lambda: "too few of the past weeks" in alarm(one, "new")["problem"])
    assert alarm(one, "odd")["problem"] == "" and alarm(one, "odd")["series"] == ["line.power"]
    post(one, "line power=150\n")
    wait_until("it fires", lambda: alarm(one, "odd")["state"] == "firing")
    assert alarm(one, "odd")["value"] == 150
    one.kill()
    one.start()
    wait_until("it is as it was", lambda: alarm(one, "odd")["state"] == "firing")
    post(one, "line power=100\n")
    wait_until("and ends", lambda: alarm(one, "odd")["state"] == "cleared")
    assert alarm(one, "new")["state"] != "firing"


def test_it_is_tried_against_the_history_and_computed_backwards(daemon):
    rules = CONFIG[CONFIG.index("rules:") :]
    one = daemon(CONFIG[: CONFIG.index("derived:")] + rules).start()
    spike = (int(time.time()) // TEN_MINUTES * TEN_MINUTES) - 2 * 86_400
    begin = fill(one, {spike})
    common = ("--config", str(one.config_path), "--from", "now-5d")
    rows = [line.split("\t") for line in one.tool("alarm", "try", "odd", *common).stdout.splitlines()]
    assert [row[3] for row in rows] == ["150"] and rows[0][2] == "10m"
    answer = json.loads(one.request("POST", "/api/v1/alarms/odd/try?from=now-5d", one.config_path.read_text()).body)
    assert [(firing["fired"], firing["value"]) for firing in answer["firings"]] == [(spike * 1000, 150)] and answer["complete"]
    one.config_path.write_text(CONFIG)
    one.process.send_signal(signal.SIGHUP)
    wait_until("it is configured", lambda: [item["series"] for item in one.get("/api/v1/derived")] == [1])
    one.tool("derive", "--backfill", "line.oddness")
    odd = {at: value for at, value in one.raw("line.oddness", "now-60d") if value is not None}
    assert {at for at, value in odd.items() if abs(value) > 6} == {spike * 1000}
    assert abs(min(odd) - (begin + 3 * WEEK) * 1000) <= 3600 * 1000, "before that too few weeks were known"
