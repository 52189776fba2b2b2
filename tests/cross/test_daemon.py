"""The daemon of another machine serves its page, its readings move, and what it kept is sound."""
import json
import re
import subprocess
import time

from conftest import EMULATOR

CONFIG = """
storage: {{commit: 1s}}
server: {{view: public}}
inputs:
  - {{id: machine, plugin: linux, isolation: {isolation}}}
  - id: wave
    plugin: simulator
    isolation: {isolation}
    options: {{every: 50ms, waves: [{{name: wave.sequence, shape: sequence}}]}}
"""


def tool(one, *arguments: str) -> str:
    from harness import SLOWNESS, TELLTALE

    command = [EMULATOR, str(TELLTALE), "--run", str(one.run_dir), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOWNESS, env=one.environment())
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def serves_and_keeps(one) -> None:
    from harness import wait_until

    one.start()
    page = one.request("GET", "/")
    assert page.status == 200 and page.text.rstrip().endswith("</html>")
    script = re.search(r'<script[^>]* src="([^"]+)"', page.text)[1]
    assert len(one.request("GET", script if script.startswith("/") else f"/{script}").body) > 10_000
    before = one.wait_for_series("wave.sequence")["wave.sequence"]
    wait_until("the wave moves", lambda: one.latest("wave.sequence")["wave.sequence"]["value"] > before["value"])
    wait_until("the machine's own readings are there", lambda: one.latest("cpu.*") and one.latest("memory.*"))
    status = json.loads(tool(one, "status", "--json"))
    assert status["pipeline"]["readings"] > 0
    assert one.stop() == 0
    tool(one, "verify", str(one.state_dir / "history.db"))
    one.start()
    kept = one.request("GET", "/api/v1/query?series=wave.sequence&stat=raw&format=csv&from=now-1h").text
    assert one.stop() == 0
    assert len(kept.splitlines()) > 10


def test_it_serves_its_page_with_its_inputs_inside(daemon):
    serves_and_keeps(daemon(CONFIG.format(isolation="none")))


def test_it_serves_its_page_with_each_input_in_a_process_of_its_own(daemon, children):
    serves_and_keeps(daemon(CONFIG.format(isolation="process")))


def latest_of_a_write_at(daemon, time_ns: int) -> dict:
    one = daemon("server: {view: public}\ninputs: []\n").start()
    assert one.request("POST", "/api/v1/write", f"far value=1 {time_ns}").status == 204
    return one.latest("far")["far"]


def test_a_time_before_1970_is_kept(daemon):
    assert latest_of_a_write_at(daemon, -2_000_000_000_000_000_000)["time"] == -2_000_000_000_000


def test_a_time_beyond_2038_is_of_the_future_and_not_wrapped_into_the_past(daemon):
    reading = latest_of_a_write_at(daemon, 4_102_444_800_000_000_000)
    assert abs(reading["time"] - time.time() * 1_000) < 60_000, "the future is taken as now"
    assert "uncertain" in str(reading["quality"])
