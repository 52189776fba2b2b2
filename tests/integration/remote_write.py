"""Real servers that take Prometheus remote write, on free ports: VictoriaMetrics, and Prometheus itself."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

from harness import SLOWNESS, free_port, wait_until


class Server:
    """A server with its data in a directory of its own; kill() and start() keep them."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-remote-write-"))
        self.port, self.process = free_port(), None
        self.base = f"http://127.0.0.1:{self.port}"
        self.write_url = self.base + "/api/v1/write"

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.home)
        wait_until("the server is ready", self.ready, 30)

    def ready(self) -> bool:
        assert self.process.poll() is None, (self.home / "log").read_text()[-3000:]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        try:
            return self.fetch(self.health).status == 200
        except OSError:
            return False

    def fetch(self, path: str, **parameters):
        return urllib.request.urlopen(f"{self.base}{path}?{urllib.parse.urlencode(parameters)}", timeout=20 * SLOWNESS)

    def query(self, expression: str) -> list[dict]:
        """Raw samples of an expression like `name[1d]`: each series with its labels and its values."""
        with self.fetch("/api/v1/query", query=expression) as answer:
            return json.load(answer)["data"]["result"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """As hard as it may be: what was acknowledged must be there afterwards."""
        self.kill()

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


class VictoriaMetrics(Server):
    health = "/health"
    extremes = []  # it keeps the numbers of a block with one exponent: what is small beside 1e300 becomes 0

    def command(self) -> list[str]:
        return ["victoria-metrics", f"-httpListenAddr=127.0.0.1:{self.port}", f"-storageDataPath={self.home}/data",
                "-retentionPeriod=12", "-memory.allowedBytes=128MB", "-search.latencyOffset=0s"]  # fmt: skip

    def end(self) -> None:
        self.process.terminate()  # it acknowledges what it has not written yet: a kill loses seconds of it
        self.process.wait(30 * SLOWNESS)

    def samples(self, name: str) -> dict[int, float]:
        """ms -> value, of all series of that name; what was just written is made visible first."""
        self.fetch("/internal/force_flush").close()
        with self.fetch("/api/v1/export", **{"match[]": name}) as answer:
            lines = [json.loads(line) for line in answer.read().splitlines()]
        return {time: value for line in lines for time, value in zip(line["timestamps"], line["values"], strict=True)}

    def labels(self, name: str) -> list[dict]:
        self.fetch("/internal/force_flush").close()
        with self.fetch("/api/v1/export", **{"match[]": name}) as answer:
            return [json.loads(line)["metric"] for line in answer.read().splitlines()]


class Prometheus(Server):
    health = "/-/ready"
    out_of_order = "1d"
    extremes = [1e300, 5e-324, 123456789.123456789]

    def command(self) -> list[str]:
        (self.home / "prometheus.yml").write_text(f"storage: {{tsdb: {{out_of_order_time_window: {self.out_of_order}}}}}\n")
        return ["prometheus", f"--config.file={self.home}/prometheus.yml", f"--storage.tsdb.path={self.home}/data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver"]  # fmt: skip

    def samples(self, name: str) -> dict[int, float]:
        return {round(time * 1000): float(value) for found in self.query(f"{name}[1d]") for time, value in found["values"]}

    def labels(self, name: str) -> list[dict]:
        return [found["metric"] for found in self.query(f"{name}[1d]")]
