"""The cable is pulled and put back: a network namespace, with a pair of virtual Ethernet devices between it and us, whose
far end goes down. The client in it is the example of docs/examples; it comes back by itself and has missed nothing.

TELLTALE_PULL_SECONDS says for how long (default 6; the promise is of 30).
"""
import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time

import pytest
from harness import ROOT, SLOWNESS, Daemon

PULL_SECONDS = float(os.environ.get("TELLTALE_PULL_SECONDS", "6"))
CONFIG = """
server: {view: public}
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 50ms
      waves: [{name: sim.sequence, shape: sequence}]
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


class Cable:
    """A namespace with one address, a cable to it, and the address at our end."""

    def __init__(self):
        tag = f"tt{os.getpid() % 100_000}"
        self.space, self.near, self.far = f"{tag}-far", f"{tag}a", f"{tag}b"
        block = os.getpid() % 16_384 * 4  # a /30 of its own, of the addresses for benchmarks (RFC 2544)
        self.ours, theirs = (f"198.{18 + block // 65_536}.{block // 256 % 256}.{block % 256 + i}" for i in (1, 2))
        ip("netns", "add", self.space)
        try:
            ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.space)
            ip("address", "add", f"{self.ours}/30", "dev", self.near)
            ip("link", "set", self.near, "up")
            self.inside("address", "add", f"{theirs}/30", "dev", self.far)
            self.inside("link", "set", self.far, "up")
        except subprocess.CalledProcessError:
            self.clean_up()
            raise

    def inside(self, *words: str) -> None:
        ip("-n", self.space, *words)

    def pull(self) -> None:
        ip("link", "set", self.near, "down")

    def put_back(self) -> None:
        ip("link", "set", self.near, "up")

    def clean_up(self) -> None:
        for words in (("link", "delete", self.near), ("netns", "delete", self.space)):
            with contextlib.suppress(subprocess.CalledProcessError):
                ip(*words)


@pytest.fixture
def cable():
    try:
        one = Cable()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"no network namespace can be made here: {getattr(error, 'stderr', error)}")
    yield one
    one.clean_up()


class Client:
    """docs/examples/live.py in the namespace: its readings (moment, value), as they are printed."""

    def __init__(self, one: Daemon, cable: Cable, form: str):
        script = [sys.executable, str(ROOT / "docs/examples/live.py"), f"http://{cable.ours}:{one.port}", "sim.sequence"]
        command = ["ip", "netns", "exec", cable.space, *script, "--form", form]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.readings: queue.Queue = queue.Queue()
        self.troubles: list[str] = []
        self.threads = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_troubles)]
        for thread in self.threads:
            thread.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.readings.put((time.monotonic(), json.loads(line.split()[2])))

    def _read_troubles(self) -> None:
        self.troubles.extend(self.process.stderr)

    def next(self, seconds: float = 10) -> tuple[float, float]:
        try:
            return self.readings.get(timeout=seconds * SLOWNESS)
        except queue.Empty:
            raise AssertionError(f"no reading within {seconds * SLOWNESS:g} s; it said {self.troubles}") from None

    def clean_up(self) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()


def pull(one: Daemon, cable: Cable, clients: list[Client], seconds: float) -> None:
    """Every client is back within three seconds of the cable's return, and nothing is missing or comes twice."""
    shown: dict[Client, list[float]] = {client: [client.next()[1] for _ in range(20)] for client in clients}
    cable.pull()
    time.sleep(seconds)  # what is tested is that it is long
    for client in clients:
        while not client.readings.empty():
            shown[client].append(client.next()[1])
    returned = time.monotonic()
    cable.put_back()
    for client in clients:
        moment, value = client.next(20)
        shown[client].append(value)
        assert moment - returned <= 3 * SLOWNESS, f"{moment - returned:.1f} s after the cable"
        assert client.troubles, "it noticed"
        missing = seconds / 0.05
        while value < shown[client][0] + missing + 40:
            value = client.next()[1]
            shown[client].append(value)
        values = shown[client]
        assert values == [values[0] + i for i in range(len(values))], "none missing, none twice"
    assert one.is_ready()


def test_a_client_is_back_after_the_network_was_gone_and_has_missed_nothing(daemon, cable):
    one = daemon(CONFIG, address="0.0.0.0").start()
    one.wait_for_series("sim.sequence")
    clients = [Client(one, cable, form) for form in ("json", "binary")]
    try:
        pull(one, cable, clients, PULL_SECONDS)
    finally:
        for client in clients:
            client.clean_up()


@pytest.mark.skipif(shutil.which("node") is None or not (ROOT / "web/node_modules/playwright-core").is_dir(), reason="the page is not built here")
def test_a_page_is_back_after_the_network_was_gone_and_its_chart_has_no_hole(daemon, cable):
    one = daemon(CONFIG, address="0.0.0.0").start()
    one.wait_for_series("sim.sequence")
    command = ["ip", "netns", "exec", cable.space, "node", str(ROOT / "web/test/pulled_page.mjs"), f"http://{cable.ours}:{one.port}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as page:
        try:
            assert page.stdout.readline() == "ready\n"
            page.stdin.write("pulled\n")
            page.stdin.flush()
            cable.pull()
            time.sleep(PULL_SECONDS)  # what is tested is that it is long
            cable.put_back()
            page.stdin.write("back\n")
            page.stdin.flush()
            found = json.loads(page.stdout.readline())
            page.wait(20 * SLOWNESS)
        finally:
            page.kill()
    assert found["seconds"] <= 3 * SLOWNESS
    values = [float(text.split("·")[1].replace(",", "")) for text in found["shown"]]  # "14:12:07.120 · 1,041"
    step = PULL_SECONDS / 11 / 0.05
    assert all(abs(later - earlier - step) < step / 2 for earlier, later in zip(values, values[1:])), found
