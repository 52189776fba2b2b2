"""The example clients of docs/examples, in Python and in JavaScript, against the running daemon: what they print is what was posted."""
import json
import pathlib
import shutil
import subprocess
import sys

import pytest
from harness import ROOT, Daemon

EXAMPLES = ROOT / "docs/examples"
CONFIG = """
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 20ms
      waves:
        - {name: sim.sequence, shape: sequence}
        - {name: sim.door, shape: state, states: [closed, open], period: 100ms}
"""


@pytest.fixture(scope="module")
def running():
    one = Daemon(CONFIG)
    try:
        one.start()
        one.wait_for_series("sim.door")
        assert one.request("POST", "/api/v1/write", 'note said="begun \\"☃\\""\n').status == 204
        yield one
    finally:
        one.clean_up()


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The JavaScript client where it finds its package, as a user's project has it."""
    place = tmp_path_factory.mktemp("client")
    shutil.copy(EXAMPLES / "live.mjs", place)
    (place / "node_modules").symlink_to(ROOT / "web/node_modules")
    return place / "live.mjs"


class Client:
    """One of the clients, as a program: its readings (key, time, value), line by line."""

    def __init__(self, language: str, form: str, script: pathlib.Path, url: str, *selectors: str):
        python = [sys.executable, str(EXAMPLES / "live.py"), url, *selectors, "--form", form]
        node = ["node", str(script), url, *selectors, *(["--binary"] if form == "binary" else [])]
        command = python if language == "python" else node
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def next(self) -> tuple[str, int, object]:
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        key, time_ms, rest = line.split(" ", 2)
        return key, int(time_ms), json.JSONDecoder().raw_decode(rest)[0]

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.communicate()


BOTH = pytest.mark.parametrize("form", ["json", "binary"])
EACH = pytest.mark.parametrize("language", ["python", "javascript"])


@BOTH
@EACH
def test_a_client_shows_every_reading(running, script, language, form):
    with Client(language, form, script, running.url, "sim.*", "note.*", "sim.sequence@max_10s") as client:
        seen: dict[str, list] = {}
        while len(seen.get("sim.sequence", [])) < 100 or len(seen) < 4:
            key, _, value = client.next()
            seen.setdefault(key, []).append(value)
    sequence = seen["sim.sequence"]
    assert sequence == list(range(int(sequence[0]), int(sequence[0]) + len(sequence))), "none missing, none twice"
    assert set(seen["sim.door"]) == {"closed", "open"}
    assert seen["note.said"] == ['begun "☃"']
    assert seen["sim.sequence@max_10s"] == sorted(seen["sim.sequence@max_10s"])


@BOTH
@EACH
def test_a_client_goes_on_where_it_was_when_the_daemon_comes_back(daemon, script, language, form):
    one = daemon(CONFIG).start()
    one.wait_for_series("sim.sequence")
    with Client(language, form, script, one.url, "sim.sequence") as client:
        shown = [client.next()[2] for _ in range(20)]
        one.kill()  # the plugin's readings up to here are in its ring and the journal
        one.start()
        while len(shown) < 20 or shown[-1] >= shown[-2]:  # the simulator begins anew with 0
            shown.append(client.next()[2])
        shown += [client.next()[2] for _ in range(20)]
    begin = next(i for i in range(1, len(shown)) if shown[i] < shown[i - 1])
    for part in (shown[:begin], shown[begin:]):
        assert part == list(range(int(part[0]), int(part[0]) + len(part))), "none missing, none twice"
    assert shown[begin] == 0, "the first readings after the start came by way of the history"


def test_the_protocols_page_names_the_examples_and_its_numbers():
    page = (ROOT / "docs/live-protocol.md").read_text(encoding="utf-8")
    for name in ("live.py", "live.mjs"):
        assert f"(examples/{name})" in page and (EXAMPLES / name).exists()
    limits = (ROOT / "daemon/net/live_limits.h").read_text(encoding="utf-8")
    for number, member in (("65,536", "message_bytes = 65'536"), ("2,048 frames", "ring_frames = 2'048"), ("20,000", "series = 20'000"),
                           ("4,096", "feeds = 4'096"), ("384 KiB", "frame_bytes = 384UL * 1'024")):
        assert number in page and member in limits, number

