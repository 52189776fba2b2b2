"""Derived series of the running daemon: computed, kept, reloaded, carried over a restart, and computed backwards."""
import json
import signal

from harness import wait_until

CONFIG = """
storage: {commit: 1h, raw: 36000d}
inputs: []
derived:
  - {name: press7.power, expr: "press7.volts * press7.amps", unit: W}
  - {name: press7.energy, expr: "energy(press7.power, 1h)", unit: Wh}
  - {name: line.power, expr: "sum by (line) (press.power)", unit: W}
"""


def post(one, lines: str) -> None:
    assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204


def value(one, key: str):
    return one.latest(key.split("{")[0]).get(key, {}).get("value")


def test_a_derived_series_is_like_any_other(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.volts value=230\npress7.amps value=2\npress,line=1,press=a power=5\npress,line=1,press=b power=6\npress,line=2,press=c power=7\n")
    wait_until("it is computed", lambda: value(one, "press7.power") == 460 and value(one, 'line.power{line="2"}') == 7)
    assert value(one, 'line.power{line="1"}') == 11
    series = {item["key"]: item for item in one.get("/api/v1/series")}
    assert series["press7.power"]["input"] == "derived" and series["press7.power"]["unit"] == "W"
    assert series["press7.energy"]["kind"] == "counter"
    post(one, "press7.amps value=3\n")
    assert [v for _, v in one.raw("press7.power")] == [460, 690]
    assert "press7.power" in one.request("GET", "/metrics").text
    assert one.get("/api/v1/latest", match="press7.power@max_1m")[0]["value"] == 690
    listed = json.loads(one.tool("derive", "--json").stdout)
    assert [item["name"] for item in listed] == ["press7.power", "press7.energy", "line.power"]
    assert listed[0] == {"name": "press7.power", "expr": "press7.volts * press7.amps", "unit": "W", "kind": "gauge", "series": 1, "problem": ""}
    assert "press7.volts * press7.amps" in one.tool("derive").stdout


def test_a_reload_adds_changes_and_removes_and_the_others_go_on(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.volts value=230\npress7.amps value=2\n")
    wait_until("it is computed", lambda: value(one, "press7.power") == 460)
    text = CONFIG.replace('"press7.volts * press7.amps"', '"press7.volts * press7.amps * 2"').replace("line.power", "hall.power")
    one.config_path.write_text(text + '  - {name: press7.twice, expr: "press7.power * 2", unit: W}\n')
    one.process.send_signal(signal.SIGHUP)
    wait_until("the new one is there", lambda: value(one, "press7.twice") == 920)
    post(one, "press7.amps value=2\n")
    assert value(one, "press7.twice") == 1840, "what changed is computed anew with the next reading"
    assert [item["name"] for item in one.get("/api/v1/derived")] == ["press7.power", "press7.energy", "hall.power", "press7.twice"]
    one.config_path.write_text(text.replace("amps", "amps *"))
    one.process.send_signal(signal.SIGHUP)
    wait_until("the mistake is said", lambda: "a value is missing" in one.log())
    post(one, "press7.amps value=1\n")
    assert value(one, "press7.twice") == 920, "what ran goes on"


def test_a_meter_goes_on_after_a_restart(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.volts value=100\npress7.amps value=0\n")
    wait_until("it is computed", lambda: value(one, "press7.energy") == 0)
    wait_until("energy has come together", lambda: (post(one, "press7.amps value=36\n"), value(one, "press7.energy") > 0.5)[1])
    before = value(one, "press7.energy")
    assert one.stop() == 0
    one.start()
    post(one, "press7.volts value=100\npress7.amps value=36\n")
    wait_until("it is there again", lambda: value(one, "press7.energy") is not None)
    assert before <= value(one, "press7.energy") < before + 1


def test_the_past_of_a_new_one_is_computed(daemon):
    one = daemon("storage: {commit: 1h, raw: 36000d}\ninputs: []\n").start()
    begin = 1_700_000_000
    post(one, "".join(f"v value={i} {(begin + i) * 10**9}\na value=2 {(begin + i) * 10**9}\n" for i in range(500)))
    one.config_path.write_text('storage: {commit: 1h, raw: 36000d}\ninputs: []\nderived:\n  - {name: p, expr: "v * a"}\n  - {name: m, expr: "v@mean_10s"}\n  - {name: e, expr: "energy(v)"}\n')
    one.process.send_signal(signal.SIGHUP)
    wait_until("the daemon knows it", lambda: len(one.get("/api/v1/derived")) == 3)
    out = one.tool("derive", "--backfill", "p").stdout
    assert "500 readings computed of 1000" in out or "499 readings" in out, out
    rows = one.raw("p", str(begin * 1000))
    assert rows[:3] == [[begin * 1000, 0], [(begin + 1) * 1000, 2], [(begin + 2) * 1000, 4]] and len(rows) >= 499
    one.tool("derive", "--backfill", "m", "--from", str((begin + 100) * 1000), "--to", str((begin + 110) * 1000))
    assert one.raw("m", str(begin * 1000))[0] == [(begin + 100) * 1000, 95.5]
    one.tool("derive", "--backfill", "e")
    assert abs(one.raw("e", str(begin * 1000))[-1][1] - sum(range(499)) / 3600) < 0.2
    assert one.tool("derive", "--backfill", "nothing", check=False).returncode == 1


def test_a_mistake_is_shown_with_its_column(daemon):
    one = daemon("inputs: []\nderived:\n  - name: a\n    expr: b + dew_pont(c, d)\n")
    done = one.tool("check", str(one.config_path), check=False)
    assert done.returncode == 78
    assert "telltale.yaml:4:15: error: there is no function 'dew_pont'; did you mean 'dew_point'?" in done.stdout + done.stderr


def test_an_input_cannot_have_a_derived_series_name(daemon):
    text = """
storage: {commit: 1h}
inputs:
  - id: sim
    plugin: simulator
    options: {every: 20ms, waves: [{name: hall.sum, shape: sequence}, {name: hall.other, shape: sequence}]}
derived: [{name: hall.sum, expr: "hall.a + hall.b"}]
"""
    one = daemon(text).start()
    post(one, "hall a=1,b=2\n")
    wait_until("it says so", lambda: one.input("sim")["state"] == "failing")
    reason = one.input("sim")["reason"]
    assert "hall.sum" in reason and "derived" in reason and "rename" in reason
    wait_until("the rest of the input goes on", lambda: len(one.raw("hall.other")) > 2)
    wait_until("it is computed", lambda: value(one, "hall.sum") == 3)
    assert {item["key"]: item["input"] for item in one.get("/api/v1/series")}["hall.sum"] == "derived"
    assert {v for _, v in one.raw("hall.sum")} == {3}
    # Renamed: from the reload on both are there, without a restart of the input.
    one.config_path.write_text(text.replace("{name: hall.sum, expr", "{name: hall.total, expr"))
    one.process.send_signal(signal.SIGHUP)
    wait_until("it is the input's", lambda: one.input("sim")["state"] == "running")
    wait_until("its readings come", lambda: len(one.raw("hall.sum")) > 5)
    assert one.input("sim")["restarts"] == 0
    # And back: what runs already is refused from then on.
    one.config_path.write_text(text)
    one.process.send_signal(signal.SIGHUP)
    wait_until("it says so again", lambda: one.input("sim")["state"] == "failing")
    post(one, "hall a=5,b=5\n")
    wait_until("it is computed", lambda: value(one, "hall.sum") == 10)
