"""Looking for devices over HTTP, and the options of a plugin: what the page's form for an input is made of."""
import json
import socket
import threading
import time

import pytest
from harness import SLOWNESS, free_port, wait_until
from modbus_slaves import Slave
from test_modbus import listens

CONFIG = "server: {view: public}\ninputs: []\n"


def probe(one, plugin: str, options: dict, seconds: float = 8):
    return one.request("POST", f"/api/v1/plugins/{plugin}/probe", json.dumps({"options": options, "seconds": seconds}))


@pytest.fixture
def silent():
    """Takes connections and never says a word; tells when somebody came."""
    listener = socket.create_server(("127.0.0.1", 0))
    came = threading.Event()
    kept = []

    def accept() -> None:
        while True:
            try:
                kept.append(listener.accept()[0])
            except OSError:
                return
            came.set()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}", came
    finally:
        listener.close()
        for one in kept:
            one.close()


def test_finds_what_the_command_line_tool_finds(daemon):
    one = daemon(CONFIG).start()
    port = free_port()
    slave = Slave("pymodbus", "tcp", str(port)).start()
    try:
        wait_until("the slave listens", lambda: listens(port), 20)
        answer = probe(one, "modbus", {"url": f"tcp://127.0.0.1:{port}", "units": "1-3", "address": 102, "count": 2})
    finally:
        slave.stop()
    assert answer.status == 200, answer.text
    assert answer.json["complete"] is True
    assert [item["title"] for item in answer.json["findings"]] == [f"unit {unit} answers" for unit in (1, 2, 3)]
    assert f"tcp://127.0.0.1:{port}" in answer.json["findings"][0]["options"]


def test_ends_when_its_time_is_up_and_says_that_not_all_was_tried(daemon, silent):
    one = daemon(CONFIG).start()
    began = time.monotonic()
    answer = probe(one, "modbus", {"url": silent[0], "units": "1-247"}, seconds=0.5)
    assert answer.status == 200, answer.text
    assert answer.json == {"complete": False, "findings": []}
    assert time.monotonic() - began < 4 * SLOWNESS


def test_one_at_a_time_and_a_stop_does_not_wait_for_it(daemon, silent):
    url, came = silent
    one = daemon(CONFIG).start()
    answers = []
    first = threading.Thread(target=lambda: answers.append(attempt(one, url)))
    first.start()
    assert came.wait(20 * SLOWNESS), "the probe never connected"
    refused = probe(one, "modbus", {"url": url})
    assert refused.status == 409 and "another probe" in refused.json["detail"]
    # Meanwhile nobody else waits.
    assert one.request("GET", "/api/v1/plugins/linux").status == 200
    assert one.stop(seconds=5 * SLOWNESS) == 0
    first.join()


def attempt(one, url: str):
    try:
        return probe(one, "modbus", {"url": url, "units": "1-247"}, seconds=20)
    except OSError:
        return None  # the daemon went away


def test_after_one_probe_there_may_be_another(daemon):
    one = daemon(CONFIG).start()
    for _ in range(3):
        answer = probe(one, "modbus", {"url": f"tcp://127.0.0.1:{free_port()}", "units": "1"})
        assert answer.status == 502, answer.text


@pytest.mark.parametrize("plugin", ["linux", "modbus", "mqtt", "serial", "simulator", "webhook"])
def test_the_table_is_that_of_the_schema(daemon, plugin):
    one = daemon(CONFIG).start()
    table = one.get(f"/api/v1/plugins/{plugin}")
    assert table["name"] == plugin and table["version"] and table["summary"]
    assert table["can_probe"] == (plugin in ("modbus", "serial"))
    assert (table["probe_options"] != []) == table["can_probe"]

    def names(rows: list, depth: int = 0) -> int:
        assert depth < 9
        assert len({row["name"] for row in rows}) == len(rows)
        for row in rows:
            assert row["help"] and (row["type"] == "section") == ("options" in row), row
        return sum(1 + names(row.get("options", []), depth + 1) for row in rows)

    assert names(table["options"]) > 3
