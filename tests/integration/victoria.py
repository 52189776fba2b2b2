"""A real victoria-metrics of Debian on a free port, that can be killed and started again with its data."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

from harness import free_port, wait_until

SERVER = shutil.which("victoria-metrics") or "/usr/bin/victoria-metrics"


class Victoria:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-victoria-"))
        self.port, self.process = free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [SERVER, f"-storageDataPath={self.home / 'data'}", f"-httpListenAddr=127.0.0.1:{self.port}"]
        # Two readings of one series and time are one: that is what a sink's at-least-once counts on.
        command += ["-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms"]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until("victoria-metrics listens", self.listens, 30)

    def listens(self) -> bool:
        assert self.process.poll() is None, (self.home / "log").read_text()[-3000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """With SIGKILL: it forgets what it took in the last seconds, acknowledged or not."""
        self.process.kill()
        self.process.wait()

    def all_values(self, name: str) -> dict[tuple[str, int], list[float]]:
        """(value of the label n, time in ms) -> every value that is kept"""
        urllib.request.urlopen(f"{self.url}/internal/force_flush", timeout=20).read()
        url = f"{self.url}/api/v1/export?" + urllib.parse.urlencode({"match[]": f'{{__name__="{name}_value"}}'})
        found: dict[tuple[str, int], list[float]] = {}
        with urllib.request.urlopen(url, timeout=60) as answer:
            for line in answer:
                series = json.loads(line)
                for value, time in zip(series["values"], series["timestamps"], strict=True):
                    found.setdefault((series["metric"].get("n", ""), time), []).append(value)
        return found

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
