"""A configuration changed while the daemon runs: over the API and by SIGHUP; only what changed starts anew."""
import signal

import pytest
from harness import wait_until

TWO = """\
inputs:
  - id: fast
    plugin: simulator
    options: {every: 50ms, waves: [{name: fast.sine, shape: sine, period: 5s}]}
  - id: other
    plugin: simulator
    options: {every: 50ms, waves: [{name: other.sine, shape: sine, period: 5s}]}
"""
CHANGED = TWO.replace("name: fast.sine, shape: sine, period: 5s", "name: fast.sine, shape: sine, period: 7s")


@pytest.fixture
def running(daemon):
    one = daemon(TWO).start()
    one.wait_for_series("fast.sine")
    one.wait_for_series("other.sine")
    return one


def pids(running) -> tuple[int, int]:
    return running.input("fast")["pid"], running.input("other")["pid"]


def wait_for_new_fast(running, before):
    wait_until("the changed input runs anew", lambda: running.input("fast")["pid"] not in (0, before[0]))
    assert running.input("other")["pid"] == before[1], "the unchanged input went on"


def test_a_put_is_taken_over_and_can_be_taken_back(running):
    got = running.request("GET", "/api/v1/config")
    assert (got.status, got.text) == (200, TWO)
    assert got.headers["Content-Type"].startswith("application/yaml")
    before, keys = pids(running), {row["key"] for row in running.get("/api/v1/series")}
    put = running.request("PUT", "/api/v1/config", CHANGED, {"If-Match": got.headers["ETag"]})
    assert put.status == 200, put.text
    assert put.json["applied"] is True
    assert put.json["restart_needed"] is False
    assert put.json["warnings"] == []
    assert running.config_path.read_text() == CHANGED
    kept = running.home / "telltale.yaml.1"
    assert put.json["kept"] == str(kept)
    assert kept.read_text() == TWO
    wait_for_new_fast(running, before)
    assert {row["key"] for row in running.get("/api/v1/series")} == keys, "series keep their identity"

    before = pids(running)
    back = running.request("PUT", "/api/v1/config", kept.read_bytes())
    assert back.json["applied"] is True
    assert (running.config_path.read_text(), kept.read_text()) == (TWO, CHANGED)
    assert (running.home / "telltale.yaml.2").read_text() == TWO
    wait_for_new_fast(running, before)


def test_a_bad_configuration_changes_nothing_and_is_told_with_places(running):
    before = pids(running)
    bad = TWO.replace("every: 50ms", "evry: 50ms", 1) + "windws: [10s]\n"
    answer = running.request("PUT", "/api/v1/config", bad)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    places = {(error["line"], error["column"]) for error in answer.json["errors"]}
    assert places == {(4, 15), (8, 1)}
    assert "did you mean 'every'" in answer.json["report"]
    assert "^" in answer.json["report"]
    assert running.config_path.read_text() == TWO
    assert sorted(path.name for path in running.home.glob("telltale.yaml*")) == ["telltale.yaml"]
    assert pids(running) == before


def test_a_check_tells_and_changes_nothing(running):
    good = running.request("PUT", "/api/v1/config?check=1", CHANGED)
    assert (good.status, good.json["applied"]) == (200, False)
    assert running.request("PUT", "/api/v1/config?check=1", "inputs: 3").status == 422
    assert running.config_path.read_text() == TWO


def test_an_edit_of_an_old_text_is_refused(running):
    tag = running.request("GET", "/api/v1/config").headers["ETag"]
    running.config_path.write_text(CHANGED)
    answer = running.request("PUT", "/api/v1/config", TWO, {"If-Match": tag})
    assert answer.status == 412
    assert "read it again" in answer.json["detail"]
    assert running.config_path.read_text() == CHANGED


def test_what_waits_for_the_next_start_is_said(running):
    answer = running.request("PUT", "/api/v1/config", "device: {name: other}\n" + TWO)
    assert answer.json["restart_needed"] is True


def test_hostile_puts_are_refused(running):
    for body, headers, status in (
        (CHANGED, {"Origin": "http://evil.example"}, 403),
        (CHANGED, {"Sec-Fetch-Site": "cross-site"}, 403),
        (CHANGED, {"Host": "evil.example"}, 421),
        (b"inputs: [\xff\xfe]", {}, 422),
        (b"a" * (1 << 20) + b"b", {}, 413),
        (b"&a [*a, *a]", {}, 422),
        (b"", {"Content-Type": "text/plain", "If-Match": '"0"'}, 412),
    ):
        assert running.request("PUT", "/api/v1/config", body, headers).status == status, (body[:40], headers)
    assert running.request("PUT", "/api/v1/config?chek=1", TWO).status == 400
    assert running.config_path.read_text() == TWO


def test_without_a_file_there_is_nothing_to_change(daemon):
    bare = daemon(None).start()
    for method in ("GET", "PUT"):
        answer = bare.request(method, "/api/v1/config", TWO if method == "PUT" else None)
        assert answer.status == 404
        assert "--config" in answer.json["detail"]


def test_only_the_ten_newest_texts_are_there(running):
    for number in range(12):
        assert running.request("PUT", "/api/v1/config", f"# {number}\n{TWO}").json["applied"]
    kept = sorted(path.name for path in running.home.glob("telltale.yaml.*"))
    assert kept == [f"telltale.yaml.{number}" for number in range(1, 10)]
    assert (running.home / "telltale.yaml.9").read_text().startswith("# 2\n")


def test_sighup_restarts_only_what_changed(running):
    before = pids(running)
    running.config_path.write_text(CHANGED)
    running.process.send_signal(signal.SIGHUP)
    wait_for_new_fast(running, before)
