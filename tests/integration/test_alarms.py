"""Rules of the running daemon: an alarm fires, is acknowledged, ends; a restart neither fires it again nor forgets it."""
import json
import signal

from harness import wait_until

CONFIG = """
storage: {commit: 1h}
inputs: []
rules:
  - {name: oil hot, when: "press7.oil > 80", clear: "press7.oil < 75", severity: critical, message: "open the valve"}
  - {name: room warm, when: "room.temperature > 30", for: 1h}
  - {name: quiet, series: "press7.*", silent: 1h}
"""


def post(one, lines: str) -> None:
    assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204


def alarms(one) -> dict[str, dict]:
    return {item["rule"] + "".join(f" {value}" for value in item["labels"].values()): item for item in one.get("/api/v1/alarms")}


def state(one, name: str) -> str | None:
    return alarms(one).get(name, {}).get("state")


def test_an_alarm_fires_is_acknowledged_and_ends(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.oil value=70\nroom,room=a temperature=35\n")
    wait_until("it is watched", lambda: state(one, "oil hot") == "inactive")
    wait_until("the other waits", lambda: state(one, "room warm a") == "pending")
    post(one, "press7.oil value=85\n")
    alarm = alarms(one)["oil hot"]
    assert alarm["state"] == "firing" and alarm["value"] == 85 and alarm["severity"] == "critical"
    assert alarm["message"] == "open the valve" and alarm["series"] == ["press7.oil"]
    assert "firing" in one.tool("alarm", "list").stdout
    assert one.tool("alarm", "ack", "oil hot", "-m", "on my way", "--who", "anna").stdout == "oil hot: 1 acknowledged\n"
    assert (alarms(one)["oil hot"]["state"], alarms(one)["oil hot"]["by"]) == ("acknowledged", "anna")
    assert one.tool("alarm", "ack", "nothing", check=False).returncode == 1
    post(one, "press7.oil value=78\n")
    assert state(one, "oil hot") == "acknowledged", "between the two nothing changes"
    post(one, "press7.oil value=70\n")
    assert state(one, "oil hot") == "inactive"
    events = [json.loads(text) for _, text in one.raw('alarm{rule="oil hot"}')]
    assert [(event["was"], event["state"], event["value"]) for event in events] == [
        ("inactive", "firing", 85), ("firing", "acknowledged", 85), ("acknowledged", "inactive", 70)]
    assert events[1]["by"] == "anna" and events[1]["comment"] == "on my way"
    assert one.tool("alarm", "silence", "oil hot", "--for", "2h").stdout.startswith("oil hot: 1 silenced")
    assert alarms(one)["oil hot"]["silenced"] > 0


def test_a_restart_neither_fires_again_nor_forgets(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.oil value=85\n")
    wait_until("it fires", lambda: state(one, "oil hot") == "firing")
    since = alarms(one)["oil hot"]["since"]
    for end in (lambda: one.stop(), lambda: one.kill()):
        end()
        one.start()
        wait_until("it is as it was", lambda: state(one, "oil hot") == "firing")
        post(one, "press7.oil value=86\n")
        assert state(one, "oil hot") == "firing" and alarms(one)["oil hot"]["since"] == since
        assert len(one.raw('alarm{rule="oil hot"}')) == 1, "nothing happened"
    post(one, "press7.oil value=70\n")
    assert state(one, "oil hot") == "cleared"
    one.tool("alarm", "ack", "oil hot")
    assert state(one, "oil hot") == "inactive"


def test_a_reload_takes_rules_over(daemon):
    one = daemon(CONFIG).start()
    post(one, "press7.oil value=85\n")
    wait_until("it fires", lambda: state(one, "oil hot") == "firing")
    one.config_path.write_text(CONFIG.replace("room warm", "room hot") + '  - {name: high, when: "press7.oil > 84"}\n')
    one.process.send_signal(signal.SIGHUP)
    wait_until("the new one fires", lambda: state(one, "high") == "firing")
    assert state(one, "oil hot") == "firing" and "room warm" not in alarms(one)
    assert len(one.raw('alarm{rule="oil hot"}')) == 1


def test_mistakes_in_rules_are_shown_with_their_column(daemon):
    one = daemon("inputs: []\nrules:\n  - {name: a, when: \"b >> 3\"}\n  - {name: c, silent: auto}\n")
    done = one.tool("check", str(one.config_path), check=False)
    assert done.returncode == 78
    assert "telltale.yaml:3:25: error: a value is missing before '>'" in done.stdout + done.stderr
    assert "'silent' needs 'series'" in done.stdout + done.stderr


def test_a_rule_is_tried_against_history(daemon):
    one = daemon("storage: {commit: 1h, raw: 36000d}\ninputs: []\n").start()
    begin = 1_700_000_000
    # An hour, a reading each ten seconds; hot for five minutes twice, and once for twenty seconds.
    hot = set(range(60, 90)) | set(range(200, 230)) | {300, 301}
    post(one, "".join(f"oil,press=a value={90 if i in hot else 60} {(begin + 10 * i) * 10**9}\n" for i in range(360)))
    draft = one.home / "draft.yaml"
    draft.write_text('inputs: []\nrules:\n  - {name: hot, when: "oil > 80", for: 1m}\n  - {name: mean, when: "oil@mean_1m > 75"}\n  - {name: quiet, series: oil, silent: 1h}\n')
    common = ("--config", str(draft), "--from", str(begin * 1000), "--to", str((begin + 3600) * 1000))
    rows = [line.split("\t") for line in one.tool("alarm", "try", "hot", *common).stdout.splitlines()]
    assert [(row[0], row[1]) for row in rows] == [("press=a", "2023-11-14T22:24:20.000Z"), ("press=a", "2023-11-14T22:47:40.000Z")]
    assert all(row[3] == "90" for row in rows)
    assert len(one.tool("alarm", "try", "mean", *common).stdout.splitlines()) == 2
    assert one.tool("alarm", "try", "quiet", *common).stdout == ""
    later = (*common[:-1], str((begin + 9000) * 1000))
    assert len(one.tool("alarm", "try", "quiet", *later).stdout.splitlines()) == 1
    assert one.get("/api/v1/alarms") == [], "the daemon knows nothing of it"
    assert one.tool("alarm", "try", "nothing", *common, check=False).returncode == 1
