"""`telltale` against a running daemon, and without one."""
import json
import subprocess

from harness import TELLTALE, wait_until

CONFIG = """
device: {name: press-7}
inputs:
  - id: sim
    plugin: simulator
    options: {every: 20ms, waves: [{name: sim.sequence, shape: sequence, unit: m}, {name: sim.sine, unit: °C}]}
"""


def test_every_reading_command_answers(daemon):
    one = daemon(CONFIG).start()
    wait_until("there is some history", lambda: len(one.raw("sim.sequence")) > 10)
    one.wait_for_series("sim.sine")
    assert json.loads(one.tool("status", "--json").stdout)
    assert "sim" in one.tool("status").stdout
    keys = [item["key"] for item in json.loads(one.tool("series", "--json").stdout)]
    assert sorted(keys) == ["sim.sequence", "sim.sine"]
    line = one.tool("series", "*.sine").stdout.rstrip("\n").split("\t")
    assert line[:4] == ["sim.sine", "°C", "gauge", "sim"]
    assert json.loads(one.tool("storage", "--json").stdout)["samples"] >= 0
    assert one.tool("input", "list").stdout.split("\t")[:3] == ["sim", "simulator", "running"]
    names = [item["name"] for item in json.loads(one.tool("plugins", "--json").stdout)]
    assert {"linux", "mqtt", "simulator"} <= set(names)


def test_query_has_every_format(daemon):
    one = daemon(CONFIG).start()
    wait_until("there is some history", lambda: len(one.raw("sim.sequence")) > 10)
    rows = [line.split("\t") for line in one.tool("query", "sim.sequence", "--stat", "raw").stdout.splitlines()]
    assert [row[2] for row in rows[:3]] == ["0", "1", "2"]
    assert all(row[0] == "sim.sequence" and row[1].endswith("Z") for row in rows)
    csv = one.tool("query", "sim.*", "--stat", "raw", "--format", "csv").stdout.splitlines()
    assert len(csv) > 20 and all(line.count(",") == csv[0].count(",") for line in csv)
    lines = one.tool("query", "sim.*", "--stat", "raw", "--format", "ndjson").stdout.splitlines()
    assert all(json.loads(line) for line in lines)
    mean = json.loads(one.tool("query", "sim.sequence", "--stat", "mean", "--points", "5", "--format", "json").stdout)
    assert mean["step"] > 0 and len(mean["series"][0]["data"]) <= 5


def test_tail_prints_a_line_per_reading(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    rows = [json.loads(line) for line in one.tool("tail", "sim.sequence", "-n", "10", "--json").stdout.splitlines()]
    values = [row["value"] for row in rows]
    assert values == list(range(values[0], values[0] + 10))
    assert one.tool("tail", "sim.sine", "-n", "1").stdout.rstrip("\n").split("\t")[1::2] == ["sim.sine", "°C"]


def test_input_restart_makes_a_new_process(daemon):
    one = daemon(CONFIG).start()
    before = wait_until("it runs", lambda: one.input("sim")["pid"])
    one.tool("input", "restart", "sim")
    wait_until("it has a new process", lambda: one.input("sim")["pid"] not in (0, before))
    assert one.tool("input", "restart", "nobody", check=False).returncode == 1


def test_plugin_info_and_schema_come_from_the_options_table(daemon):
    one = daemon(CONFIG)
    info = one.tool("plugin", "info", "simulator").stdout
    assert "waves" in info and "rate" in info
    schema = json.loads(one.tool("plugin", "schema", "simulator").stdout)
    assert schema["type"] == "object" and schema["additionalProperties"] is False
    assert {"every", "rate", "waves"} <= schema["properties"].keys()
    missing = one.tool("plugin", "info", "simulatr", check=False)
    assert missing.returncode == 1 and "simulator" in missing.stderr


def test_exit_codes_are_those_promised(daemon, tmp_path):
    one = daemon(CONFIG)
    unreachable = one.tool("status", check=False)
    assert unreachable.returncode == 69 and "telltaled" in unreachable.stderr
    assert one.tool("no-such-command", check=False).returncode == 2
    one.start()
    one.wait_for_series("sim.sine")
    bad = one.tool("query", "sim.*", "--from", "yesterday-ish", check=False)
    assert bad.returncode == 2 and "from" in bad.stderr
    over_tcp = subprocess.run([TELLTALE, "--url", one.url, "series"], capture_output=True, text=True, timeout=20)
    assert over_tcp.returncode == 0 and "sim.sine" in over_tcp.stdout
