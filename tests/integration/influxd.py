"""A real InfluxDB 1 of Debian on a free port, that can be killed and started again with its data."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

from harness import free_port, wait_until

SERVER = shutil.which("influxd") or "/usr/bin/influxd"

CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{home}/meta"
[data]
  dir = "{home}/data"
  wal-dir = "{home}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
"""


class Influx:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-influx-"))
        self.port, self.process = free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"
        (self.home / "influx.conf").write_text(CONFIG.format(home=self.home, port=self.port, rpc=free_port()))

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen([SERVER, "-config", str(self.home / "influx.conf")], stdout=log, stderr=log)
        wait_until("influxd listens", self.listens, 30)
        self.ask("CREATE DATABASE t")

    def listens(self) -> bool:
        assert self.process.poll() is None, (self.home / "log").read_text()[-3000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, query: str, db: str = "t") -> list:
        """The series of the answer."""
        url = f"{self.url}/query?" + urllib.parse.urlencode({"db": db, "epoch": "ns"})
        with urllib.request.urlopen(url, urllib.parse.urlencode({"q": query}).encode(), timeout=20) as answer:
            result = json.load(answer)["results"][0]
        assert "error" not in result, result
        return result.get("series", [])

    def write(self, line: str, db: str = "t") -> None:
        urllib.request.urlopen(f"{self.url}/write?db={db}", line.encode(), timeout=20).read()

    def values(self, measurement: str) -> dict[int, object]:
        """time in ns -> value"""
        found = self.ask(f'SELECT value FROM "{measurement}"')
        return {time: value for series in found for time, value in series["values"]}

    def all_values(self, name: str) -> dict[tuple[str, int], list[float]]:
        """(value of the tag n, time in ms) -> every value that is kept"""
        found: dict[tuple[str, int], list[float]] = {}
        for series in self.ask(f'SELECT value FROM "{name}" GROUP BY n'):
            for time, value in series["values"]:
                found.setdefault((series["tags"]["n"], time // 1_000_000), []).append(value)
        return found

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
