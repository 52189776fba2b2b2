"""The real daemon in a directory of its own, for tests: started, watched, killed, cleaned up.

TELLTALE_BUILD_DIR says which build is tested (default: build/release); TELLTALE_SLOWNESS stretches deadlines for
sanitizer builds. Nothing here sleeps for luck: every wait is for an event, and has a deadline.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TELLTALE_BUILD_DIR", ROOT / "build/release")).resolve()
TELLTALED = BUILD / "bin/telltaled"
TELLTALE = BUILD / "bin/telltale"
# A device's own certificate is nobody's to verify; tests of certificates look at them by themselves.
UNVERIFIED = ssl._create_unverified_context()
SLOWNESS = float(os.environ.get("TELLTALE_SLOWNESS", "1"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what: str, condition, seconds: float = 10):
    """Returns the first true answer of condition(); fails with `what` when there is none in time."""
    deadline = time.monotonic() + seconds * SLOWNESS
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds * SLOWNESS:g} s: {what}")
        time.sleep(0.01)


class Response:
    def __init__(self, status: int, headers, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Daemon:
    """One telltaled. `config` is the text of its YAML, or None for a daemon without one."""

    def __init__(self, config: str | None = None, arguments: list[str] = (), prefix: list[str] = (), address="127.0.0.1", scheme="http"):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-test-"))
        self.run_dir, self.state_dir = self.home / "run", self.home / "state"
        self.run_dir.mkdir()
        self.log_path = self.home / "telltaled.log"
        self.config_path = self.home / "telltale.yaml" if config is not None else None
        self.port = free_port()
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.arguments, self.prefix, self.address = list(arguments), list(prefix), address
        self.process: subprocess.Popen | None = None
        if config is not None:
            self.config_path.write_text(config, encoding="utf-8")

    # Life ---------------------------------------------------------------------------------------------------------
    def command(self) -> list[str]:
        command = [*self.prefix, str(TELLTALED), "--run", str(self.run_dir), "--listen", f"{self.address}:{self.port}"]
        if self.config_path is not None:
            command += ["--config", str(self.config_path), "--state", str(self.state_dir)]
        return command + self.arguments

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "TELLTALE_"))}
        return kept | {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home / "data"), "XDG_RUNTIME_DIR": str(self.run_dir)}

    def spawn(self) -> "Daemon":
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(), cwd=self.home
            )
        return self

    def start(self) -> "Daemon":
        self.spawn()
        wait_until("the daemon answers on /healthz", self.is_ready, 20)
        return self

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the daemon ended with {self.process.returncode}:\n{self.log()}")
        try:
            return self.request("GET", "/healthz").status == 200
        except OSError:
            return False

    def stop(self, with_signal=signal.SIGTERM, seconds: float = 5) -> int:
        """Ends it as an init system would; the exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(seconds * SLOWNESS)

    def kill(self) -> None:
        """kill -9; its children die by their own rule, which this waits for."""
        children = self.plugin_pids()
        self.process.kill()
        self.process.wait()
        wait_until("the plugins' processes die with the daemon", lambda: not any(map(is_alive, children)))

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # Talking to it ------------------------------------------------------------------------------------------------
    def request(self, method: str, path: str, body: bytes | str | None = None, headers: dict | None = None) -> Response:
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.url + path, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=15 * SLOWNESS, context=UNVERIFIED) as answer:
                return Response(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, error.headers, error.read())

    def get(self, path: str, **parameters):
        """The JSON of a successful GET."""
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        answer = self.request("GET", path + query)
        assert answer.status == 200, f"GET {path}{query}: {answer.status} {answer.text}"
        return answer.json

    def tool(self, *arguments: str, check: bool = True, given: str = "") -> subprocess.CompletedProcess:
        """`telltale …` against this daemon, over its Unix socket."""
        command = [str(TELLTALE), "--run", str(self.run_dir), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60 * SLOWNESS, env=self.environment())
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"
        return done

    def raw(self, glob: str, start: str = "now-1h") -> list[list]:
        """Every reading [time_ms, value] that `telltale query --stat raw` shows of one series; none while it is not known."""
        if not self.get("/api/v1/series", match=glob):
            return []
        shown = json.loads(self.tool("query", glob, "--stat", "raw", "--from", start, "--format", "json").stdout)
        assert len(shown["series"]) <= 1, f"{glob} matches more than one series"
        return [list(row) for series in shown["series"] for row in zip(*series["data"], strict=True)]

    def latest(self, glob: str) -> dict[str, dict]:
        return {row["key"]: row for row in self.get("/api/v1/latest", match=glob)}

    def wait_for_series(self, glob: str, seconds: float = 10) -> dict[str, dict]:
        return wait_until(f"a reading of {glob} is there", lambda: self.latest(glob), seconds)

    def input(self, name: str) -> dict:
        return next(item for item in self.get("/api/v1/inputs") if item["id"] == name)

    def plugin_pids(self) -> list[int]:
        """Process ids of its children, from the kernel."""
        task = pathlib.Path(f"/proc/{self.process.pid}/task")
        lists = [path.read_text() for path in task.glob("*/children")] if task.exists() else []
        return [int(word) for text in lists for word in text.split()]


def is_alive(pid: int) -> bool:
    try:
        state = re.search(r"\) (\S)", pathlib.Path(f"/proc/{pid}/stat").read_text())
    except FileNotFoundError:
        return False
    return state is not None and state[1] not in "ZX"
