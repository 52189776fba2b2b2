"""Dashboards: declared in the configuration and in files beside it; read, changed and taken away over the API."""
import json
import re
import signal

import jsonschema
import pytest
import yaml
from harness import ROOT, wait_until

DOCS = (ROOT / "docs/dashboards.md").read_text(encoding="utf-8")

CONFIG = """\
inputs:
  - id: oven
    plugin: simulator
    options: {every: 100ms, waves: [{name: oven.temperature, shape: sine, period: 5s}]}
dashboards:
  - name: hall
    title: The hall
    panels: [{y: "oven.*"}]
"""
TILE = "title: Oven\npanels:\n  - {panel: stat, y: oven.temperature, decimals: 1}\n"
PATH = "/api/v1/dashboards/oven"


@pytest.fixture
def running(daemon):
    return daemon(CONFIG).start()


def folder(running):
    return running.home / "dashboards"


def test_those_of_the_configuration_and_of_files_are_listed_and_read(running):
    folder(running).mkdir()
    (folder(running) / "oven.yaml").write_text(TILE)
    (folder(running) / "README.md").write_text("no dashboard")
    (folder(running) / "Bad Name.yaml").write_text(TILE)
    rows = running.get("/api/v1/dashboards")
    assert [(row["name"], row["title"], row["writable"], row["errors"]) for row in rows] == [
        ("hall", "The hall", False, []),
        ("oven", "Oven", True, []),
    ]
    one = running.request("GET", PATH)
    assert one.json["document"] == {
        "title": "Oven",
        "panels": [{"panel": "stat", "y": "oven.temperature", "decimals": 1}],
    }
    assert one.json["yaml"] == TILE
    assert one.json["file"] == str(folder(running) / "oven.yaml")
    assert running.request("GET", PATH, headers={"If-None-Match": one.headers["ETag"]}).status == 304
    hall = running.get("/api/v1/dashboards/hall")
    assert (hall["document"]["panels"], hall["yaml"]) == ([{"y": "oven.*"}], "")


def test_a_file_that_changes_is_another_one_at_once(running):
    folder(running).mkdir()
    file = folder(running) / "oven.yaml"
    file.write_text(TILE)
    tag = running.request("GET", PATH).headers["ETag"]
    file.write_text(TILE.replace("decimals: 1", "decimals: 2"))
    again = running.request("GET", PATH, headers={"If-None-Match": tag})
    assert (again.status, again.json["document"]["panels"][0]["decimals"]) == (200, 2)
    file.unlink()
    assert running.request("GET", PATH).status == 404


def test_mistakes_of_a_file_are_told_with_their_places_all_at_once(running):
    folder(running).mkdir()
    (folder(running) / "oven.yaml").write_text("titel: a\npanels:\n  - {panel: lins, y: a}\n")
    answer = running.request("GET", PATH)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {(error["line"], error["column"]) for error in answer.json["errors"]} == {(1, 1), (3, 13)}
    assert "did you mean 'title'?" in answer.json["report"] and "^" in answer.json["report"]
    assert len(running.get("/api/v1/dashboards")[1]["errors"]) == 2


def test_a_put_makes_changes_and_conflicts(running):
    made = running.request("PUT", PATH, TILE, {"If-None-Match": "*"})
    assert (made.status, made.json["applied"], made.json["new"]) == (200, True, True)
    assert (folder(running) / "oven.yaml").read_text() == TILE
    assert running.request("PUT", PATH, TILE, {"If-None-Match": "*"}).status == 412
    other = TILE.replace("Oven", "Other")
    changed = running.request("PUT", PATH, other, {"If-Match": made.headers["ETag"]})
    assert (changed.status, changed.json["new"]) == (200, False)
    assert running.get(PATH)["document"]["title"] == "Other"
    assert (folder(running) / "oven.yaml.1").read_text() == TILE
    late = running.request("PUT", PATH, TILE, {"If-Match": made.headers["ETag"]})
    assert late.status == 412 and "read it again" in late.json["detail"]
    assert running.get(PATH)["yaml"] == other


def test_json_is_yaml_too(running):
    assert running.request("PUT", PATH, '{"panels": [{"y": ["oven.*"], "title": "7"}]}').status == 200
    assert running.get(PATH)["document"] == {"panels": [{"y": ["oven.*"], "title": "7"}]}


def test_a_bad_put_changes_nothing(running):
    assert running.request("PUT", PATH, TILE).status == 200
    bad = running.request("PUT", PATH, "panels: [{y: 'a{'}]")
    assert bad.status == 422 and bad.json["errors"]
    checked = running.request("PUT", PATH + "?check=1", TILE + "span: 5m\n")
    assert (checked.status, checked.json["applied"]) == (200, False)
    assert running.get(PATH)["yaml"] == TILE


def test_one_is_taken_away_and_kept_beside(running):
    tag = running.request("PUT", PATH, TILE).headers["ETag"]
    assert running.request("DELETE", PATH, headers={"If-Match": '"0"'}).status == 412
    assert running.request("DELETE", PATH, headers={"If-Match": tag}).status == 204
    assert running.request("GET", PATH).status == 404
    assert running.request("DELETE", PATH).status == 404
    assert (folder(running) / "oven.yaml.1").read_text() == TILE


def test_one_of_the_configuration_is_changed_there_alone(running):
    for method, body in (("PUT", TILE), ("DELETE", None)):
        answer = running.request(method, "/api/v1/dashboards/hall", body)
        assert answer.status == 403 and "configuration file" in answer.json["detail"]
    running.config_path.write_text(CONFIG.replace("The hall", "Another hall"))
    running.process.send_signal(signal.SIGHUP)
    wait_until("it is taken over", lambda: running.get("/api/v1/dashboards/hall")["title"] == "Another hall")


def test_hostile_requests_are_refused(running):
    for path, body, headers, status in (
        (PATH, TILE, {"Origin": "http://evil.example"}, 403),
        (PATH, TILE, {"Sec-Fetch-Site": "cross-site"}, 403),
        (PATH, TILE, {"Host": "evil.example"}, 421),
        (PATH, "a" * (1 << 20) + "b", {}, 413),
        (PATH, "a: " + "b" * (256 << 10), {}, 422),
        (PATH, b"a: [\xff\xfe]", {}, 422),
        (PATH, "&a [*a, *a]", {}, 422),
        (PATH, "title: !secret password", {}, 422),
        (PATH, "title: [" * 100, {}, 422),
        ("/api/v1/dashboards/..%2Ftelltale", TILE, {}, 400),
        ("/api/v1/dashboards/Oven", TILE, {}, 400),
        ("/api/v1/dashboards/" + "a" * 65, TILE, {}, 400),
    ):
        answer = running.request("PUT", path, body, headers)
        assert answer.status == status, (path, body[:40], headers, answer.text)
    assert running.request("DELETE", PATH, headers={"Origin": "http://evil.example"}).status == 403
    assert running.request("PUT", PATH + "?chek=1", TILE).status == 400
    assert not folder(running).exists()


def test_without_a_configuration_they_are_kept_with_the_state(daemon):
    bare = daemon(None).start()
    assert bare.get("/api/v1/dashboards") == []
    assert bare.request("PUT", PATH, TILE).status == 200
    assert bare.get(PATH)["title"] == "Oven"


def test_a_link_or_a_pipe_in_the_directory_is_no_trap(running):
    folder(running).mkdir()
    (folder(running) / "loop.yaml").symlink_to(folder(running) / "loop.yaml")
    (folder(running) / "dir.yaml").mkdir()
    rows = running.get("/api/v1/dashboards")
    assert [row["name"] for row in rows if not row["errors"]] == ["hall"]


# The schema that editors use --------------------------------------------------------------------------------------
SCHEMA = json.loads((ROOT / "web/static/dashboard.schema.json").read_text(encoding="utf-8"))


def known_here(running, text: str) -> set[str]:
    """The keys that the daemon names when it meets one that it does not know."""
    answer = running.request("PUT", PATH + "?check=1", text)
    reason = next(error["reason"] for error in answer.json["errors"] if "known here" in error["reason"])
    return set(reason.split("known here: ")[1].split(", "))


def test_the_schema_names_what_the_daemon_knows(running):
    defs = SCHEMA["$defs"]
    for text, schema in (
        ("qqqqqqqqqqqqqqqqqqqq: 1", SCHEMA),
        ("panels: [{qqqqqqqqqqqqqqqqqqqq: 1, y: a}]", defs["panel"]),
        ("sections: [{qqqqqqqqqqqqqqqqqqqq: 1}]", defs["section"]),
        ("variables: [{qqqqqqqqqqqqqqqqqqqq: 1, name: a, label: a}]", defs["variable"]),
        ("panels: [{y: a, thresholds: [{qqqqqqqqqqqqqqqqqqqq: 1, at: 1}]}]", defs["threshold"]),
    ):
        assert known_here(running, text) == set(schema["properties"]), text
    for kind in defs["panel"]["properties"]["panel"]["enum"]:
        assert running.request("PUT", PATH + "?check=1", f"panels: [{{panel: {kind}, y: a, text: a}}]").status == 200


@pytest.mark.parametrize("number, block", enumerate(re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)))
def test_the_documents_own_examples_are_right(running, number, block):
    jsonschema.validate(yaml.safe_load(block) or {}, SCHEMA)
    assert running.request("PUT", f"/api/v1/dashboards/example-{number}", block).status == 200
