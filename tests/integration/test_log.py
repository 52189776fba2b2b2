"""GET /api/v1/log: the daemon's last lines, for those who look after it, without what nobody may see."""
import re
import subprocess

import pytest
from harness import SLOWNESS, TELLTALE, wait_until

CONFIG = """
server: {write: token}
inputs:
  - {id: sim, plugin: simulator}
  - {id: lost, plugin: mqtt, options: {url: "mqtt://plant:hunter2@127.0.0.1:1", subscribe: [{topic: a}]}}
"""
# A proxy on the device asks for somebody on the network.
STRANGER = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def running(daemon):
    return daemon(CONFIG).start()


def tool(one, *arguments: str) -> str:
    command = [str(TELLTALE), "--run", str(one.run_dir), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60 * SLOWNESS).stdout


def texts(one, query: str = "") -> list[str]:
    return [line["text"] for line in one.get(f"/api/v1/log{query}")["lines"]]


def test_lines_are_numbered_and_asked_for_from_a_number_on(running):
    wait_until("the start is told", lambda: any(text.startswith("Telltale ") for text in texts(running)))
    log = running.get("/api/v1/log")
    assert log["boot"] == running.get("/api/v1/status")["boot"]
    assert [line["number"] for line in log["lines"]] == list(range(log["next"]))
    before = log["next"]
    running.process.send_signal(1)  # SIGHUP
    wait_until("the reload is told", lambda: any("taken over" in text for text in texts(running, f"?since={before}")))
    assert all(line["number"] >= before for line in running.get(f"/api/v1/log?since={before}")["lines"])
    assert len(running.get("/api/v1/log?limit=1")["lines"]) == 1
    assert {line["level"] for line in running.get("/api/v1/log?level=warning")["lines"]} <= {"warning", "error"}


@pytest.mark.parametrize("query", ["?level=loud", "?since=-1", "?since=x", "?limit=1001", "?lines=3"])
def test_a_wrong_parameter_is_named(running, query):
    answer = running.request("GET", f"/api/v1/log{query}")
    assert answer.status == 400
    assert re.search("level|since|limit|lines", answer.json["detail"])


def test_only_operators_and_admins_read_it(running):
    statuses = {}
    for scopes in ("read", "write", "read,write", "admin"):
        token = tool(running, "token", "new", scopes.replace(",", "-"), "--scope", scopes).split()[-1]
        statuses[scopes] = running.request("GET", "/api/v1/log", None, STRANGER | {"Authorization": f"Bearer {token}"}).status
    assert statuses == {"read": 403, "write": 403, "read,write": 200, "admin": 200}
    nobody = running.request("GET", "/api/v1/log", None, STRANGER)
    assert nobody.status == 401
    assert "operators" in nobody.json["detail"]


def test_neither_passwords_nor_the_setup_code_are_in_it(daemon):
    one = daemon("server: {proxies: [127.0.0.1]}\n" + CONFIG.replace("server: {write: token}\n", "")).start()
    code = re.search(r"setup code\s+([0-9A-Z]{4}-[0-9A-Z]{4})", tool(one, "status"))[1]
    wait_until("the console is told the code", lambda: code in one.log())
    everything = tool(one, "status") and one.request("GET", "/api/v1/log").text
    assert "Telltale " in everything
    assert code not in everything
    assert "hunter2" not in everything
