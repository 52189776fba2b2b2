"""Databases for series that others made, with their Debian packages, fed with line protocol: bytes on disk, settled."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request

from processes import scratch

CHUNK = 2_000_000  # bytes of lines in a request


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bytes_under(*directories: pathlib.Path) -> int:
    """What they take on the disk: some files are long and mostly empty."""
    os.sync()  # before, the file system has not decided
    stats = (file.stat() for directory in directories for file in directory.rglob("*") if file.is_file())
    return sum(min(one.st_size, one.st_blocks * 512) for one in stats)


def request(url: str, body: bytes | None = None, seconds: float = 60) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=seconds) as answer:
        return answer.read()


def wait_for(what: str, condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


def wait_for_rest(what: str, size, quiet: float = 4, seconds: float = 120) -> int:
    """Until size() was the same for a while; what it is then."""
    deadline = time.monotonic() + seconds
    kept, since = size(), time.monotonic()
    while time.monotonic() - since < quiet:
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)
        if (now := size()) != kept:
            kept, since = now, time.monotonic()
    return kept


def answers(url: str) -> bool:
    try:
        request(url, seconds=1)
        return True
    except OSError:
        return False


@contextlib.contextmanager
def running(command: list[str], home: pathlib.Path, environment: dict[str, str] | None = None):
    """Until the block ends; then it is asked to end, as systemd does."""
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, env=os.environ | (environment or {}))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def feed(url: str, lines: bytes) -> None:
    begin = 0
    while begin < len(lines):
        end = len(lines) if begin + CHUNK >= len(lines) else lines.rindex(b"\n", begin, begin + CHUNK) + 1
        request(url, lines[begin:end])
        begin = end


def victoria_metrics(lines: bytes) -> int:
    with scratch() as home:
        data, port = home / "data", free_port()
        command = ["victoria-metrics", f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"]
        url = f"http://127.0.0.1:{port}"
        with running(command, home):
            wait_for("VictoriaMetrics answers", lambda: answers(f"{url}/health"))
            feed(f"{url}/write", lines)
            request(f"{url}/internal/force_flush")
            request(f"{url}/internal/force_merge")
            # Without its caches, which it could do without.
            return wait_for_rest("VictoriaMetrics has merged everything", lambda: bytes_under(data / "data", data / "indexdb"))


def influxdb(lines: bytes) -> int:
    with scratch() as home:
        port, inner = free_port(), free_port()
        directories = {name: home / name for name in ("data", "wal", "meta")}
        environment = {
            "INFLUXDB_META_DIR": str(directories["meta"]),
            "INFLUXDB_DATA_DIR": str(directories["data"]),
            "INFLUXDB_DATA_WAL_DIR": str(directories["wal"]),
            "INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "1s",
            "INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION": "1s",
            "INFLUXDB_HTTP_BIND_ADDRESS": f"127.0.0.1:{port}",
            "INFLUXDB_BIND_ADDRESS": f"127.0.0.1:{inner}",
            "INFLUXDB_REPORTING_DISABLED": "true",
            "INFLUXDB_MONITOR_STORE_ENABLED": "false",
        }
        (home / "none.conf").write_text("")
        url = f"http://127.0.0.1:{port}"
        with running(["influxd", "run", "-config", str(home / "none.conf")], home, environment):
            wait_for("InfluxDB answers", lambda: answers(f"{url}/ping"))
            create = urllib.parse.urlencode({"q": "CREATE DATABASE bench WITH SHARD DURATION 5200w"})
            request(f"{url}/query", create.encode())
            feed(f"{url}/write?db=bench", lines)
            both = directories["data"], directories["wal"]
            wait_for("InfluxDB has emptied its journal", lambda: bytes_under(directories["wal"]) == 0, 120)
            return wait_for_rest("InfluxDB has compacted everything", lambda: bytes_under(*both))


ALL = {"VictoriaMetrics": ("victoria-metrics", victoria_metrics), "InfluxDB": ("influxd", influxdb)}


def missing() -> list[str]:
    return [program for program, _ in ALL.values() if shutil.which(program) is None]
